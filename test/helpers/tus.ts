import { exports } from 'cloudflare:workers'
import type { Person } from './person'

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

/** A client of tus 1.0.0 that does one step at a time. */
export const tus = ({ token }: Pick<Person, 'token'>, roomId: string) => {
  const send = async (
    method: string,
    path: string,
    headers: object = {},
    body?: Uint8Array | ReadableStream,
  ) => {
    const response = await exports.default.fetch(
      new Request(`https://chat.test${path}`, {
        method,
        ...(body && { body }),
        headers: { 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${token}`, ...headers },
      }),
    )
    const text = await response.text()
    const code: string | undefined = text ? JSON.parse(text).code : undefined
    const offset = response.headers.get('Upload-Offset')
    const place = offset === null ? null : Number(offset)
    return { status: response.status, headers: response.headers, offset: place, code }
  }
  const chunked = { 'Content-Type': 'application/offset+octet-stream' }
  return {
    send,
    create: async (length: number, type = 'image/png', body?: Uint8Array) => {
      const metadata = `filename ${base64('dot.png')},filetype ${base64(type)}`
      const answer = await send(
        'POST',
        `/v1/rooms/${roomId}/uploads`,
        { 'Upload-Length': length, 'Upload-Metadata': metadata, ...(body && chunked) },
        body,
      )
      return { ...answer, path: answer.headers.get('Location') ?? '' }
    },
    head: (path: string) => send('HEAD', path),
    patch: (path: string, offset: number, body: Uint8Array | ReadableStream) =>
      send('PATCH', path, { 'Upload-Offset': offset, ...chunked }, body),
    cancel: (path: string) => send('DELETE', path),
  }
}

export const mediaOf = (path: string) => `/v1/media/${path.split('/').at(-1)}`
