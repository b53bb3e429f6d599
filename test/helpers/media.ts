import { env, exports } from 'cloudflare:workers'
import * as addresses from '../../src/media/object-keys'
import { Media } from '../../src/schemas/media'
import { Problem } from '../../src/schemas/problems'
import type { Person } from './person'

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))

/** One pixel. */
export const png = bytesOf(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
)

interface Options {
  type?: string
  name?: string
  headers?: Record<string, string>
  query?: string
}

/** Sends bytes as a front end does; the answer is held against its schema. */
export async function upload(
  { token }: Pick<Person, 'token'>,
  roomId: string,
  bytes: Uint8Array | ReadableStream,
  { type = 'image/png', name, headers, query = '' }: Options = {},
) {
  const response = await exports.default.fetch(
    new Request(`https://chat.test/v1/rooms/${roomId}/media${query}`, {
      method: 'POST',
      body: bytes,
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': type,
        ...(bytes instanceof Uint8Array && { 'Content-Length': String(bytes.length) }),
        ...(name && {
          'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
        }),
        ...headers,
      },
    }),
  )
  const body = await response.json()
  if (response.status === 201) return { status: 201, media: Media.parse(body), code: undefined }
  return { status: response.status, media: undefined, code: Problem.parse(body).code }
}

/** Uploads one picture of one pixel and returns its id. */
export async function picture(person: Pick<Person, 'token'>, roomId: string): Promise<string> {
  const { media, code } = await upload(person, roomId, png)
  if (!media) throw new Error(`not uploaded: ${code}`)
  return media.id
}

/** Sends a picture to be an avatar. */
export const putAvatar = async (
  { token }: Pick<Person, 'token'>,
  path: string,
  bytes: Uint8Array = png,
  type = 'image/png',
) => {
  const response = await exports.default.fetch(
    new Request(`https://chat.test${path}`, {
      method: 'PUT',
      body: bytes,
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': type,
        'Content-Length': String(bytes.length),
      },
    }),
  )
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** Fetches bytes, or why there are none. */
export async function download(
  token: string | undefined,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) {
  const response = await exports.default.fetch(
    new Request(`https://chat.test${path}`, {
      method,
      headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
    }),
  )
  const bytes = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes }
}

/** The keys of everything a room has in R2. */
export async function stored(roomId: string): Promise<string[]> {
  const { objects } = await env.MEDIA.list({ prefix: addresses.prefixOf(roomId) })
  return objects.map(({ key }) => key)
}
