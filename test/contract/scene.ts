import assert from 'node:assert/strict'

const PASSWORD = 'correct horse battery staple'

/** A GIF of one pixel. Prism reads bodies as text, and every byte of this one is ASCII. */
export const PIXEL = Buffer.from(
  '47494638376101000100000000' + '2c00000000010001000002024c01003b',
  'hex',
)

interface Sent {
  body?: unknown
  headers?: Record<string, string>
}

/** Sends one request; what is not bytes is sent as JSON. */
export async function send(
  url: string,
  token: string | undefined,
  sent: Sent & { method: string },
) {
  const { method, body, headers = {} } = sent
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const answer = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }),
      ...headers,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && {
      body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body),
    }),
  })
  const text = await answer.text()
  const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '')
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  }
}

export interface Person {
  id: string
  username: string
  token: string
  refreshToken: string
  ask: (method: string, path: string, sent?: Sent) => ReturnType<typeof send>
}

let networks = 0

/** Registers somebody whom everyone may add and write to, each from a network of their own: one may register 20 a minute. */
export async function register(url: string): Promise<Person> {
  const made = await send(`${url}/v1/users`, undefined, {
    method: 'POST',
    headers: { 'CF-Connecting-IP': `10.0.${(networks >> 8) & 255}.${networks++ & 255}` },
    body: { password: PASSWORD },
  })
  assert.equal(made.status, 201, made.text)
  const { me, session } = made.body
  const ask: Person['ask'] = (method, path, sent = {}) =>
    send(`${url}${path}`, session.accessToken, { method, ...sent })
  await ask('PATCH', '/v1/me', { body: { addPolicy: 'everyone', messagePolicy: 'everyone' } })
  return {
    id: me.id,
    username: me.username,
    token: session.accessToken,
    refreshToken: session.refreshToken,
    ask,
  }
}

/** A room that ana owns, with bo in it and a message. */
export async function createRoom(ana: Person, bo: Person) {
  const { body: room } = await ana.ask('POST', '/v1/rooms', { body: { name: 'Harbour crew' } })
  const path = `/v1/rooms/${room.id}`
  await bo.ask('PUT', `${path}/members/@me`, { body: {} })
  const posted = await ana.ask('POST', `${path}/messages`, { body: { nonce: 'a1', text: 'At 7!' } })
  return { id: room.id as string, path, seq: posted.body.seq as number }
}

export type Room = Awaited<ReturnType<typeof createRoom>>

/** Uploads a picture to the room and shows it in a message. */
export async function showPicture(ana: Person, { path }: Room): Promise<string> {
  const headers = { 'content-type': 'image/gif' }
  const { body: media } = await ana.ask('POST', `${path}/media`, { body: PIXEL, headers })
  await ana.ask('POST', `${path}/messages`, { body: { nonce: 'p1', attachments: [media.id] } })
  return media.id
}

/** Begins a resumable upload. */
export async function beginUpload(ana: Person, { path }: Room): Promise<string> {
  const headers = {
    'tus-resumable': '1.0.0',
    'upload-length': String(PIXEL.length),
    'upload-metadata': `filetype ${Buffer.from('image/gif').toString('base64')}`,
  }
  const begun = await ana.ask('POST', `${path}/uploads`, { headers })
  return begun.headers.get('location')?.split('/').at(-1) ?? ''
}

/** What bodies need beside their examples. */
export const bodies: Record<string, (person: Person, room: Room) => object> = {
  createUser: () => ({ username: `tess_${Date.now()}`, email: `tess_${Date.now()}@example.com` }),
  createSession: ({ username }) => ({ username, password: PASSWORD }),
  refreshSession: ({ refreshToken }) => ({ refreshToken }),
  proveSession: () => ({ password: PASSWORD }),
  moveReadMarker: (_, { seq }) => ({ seq }),
}
