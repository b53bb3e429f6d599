import type { EventsQuery } from '../../schemas/events'
import type { MessagesQuery } from '../../schemas/messages'
import { SiteRole } from '../../schemas/users'
import type { Identity } from '../../sockets/identity'
import type { Caller } from '../policy/authorize'

/** What a room is asked by `fetch`: RPC carries no socket, and it copies a page more often than its text needs. */
export type InternalRequest =
  | { path: 'socket'; identity: Identity; after: number | null }
  | { path: 'messages'; caller: Caller; query: MessagesQuery }
  | { path: 'events'; caller: Caller; query: EventsQuery & { maxBytes?: number | undefined } }

type Parameter = string | number | boolean | null | undefined

/** Outside the room: the address of a request, all of it in the path and the query. */
export function toUrl(request: InternalRequest): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parametersOf(request))) {
    if (value !== undefined && value !== null) query.set(name, String(value))
  }
  return `https://room/${request.path}?${query}`
}

function parametersOf(request: InternalRequest): Record<string, Parameter> {
  if (request.path === 'socket') return { ...request.identity, after: request.after }
  return { ...request.caller, ...request.query }
}

/** Inside the room: reads what `toUrl` wrote; no other caller reaches a room. */
export function fromUrl(address: string): InternalRequest {
  const { pathname, searchParams } = new URL(address)
  const text = (name: string) => searchParams.get(name) ?? ''
  const number = (name: string) => {
    const value = searchParams.get(name)
    return value === null ? undefined : Number(value)
  }
  const userId = text('userId')
  const role = searchParams.get('siteRole')
  const caller: Caller = { userId, ...(role !== null && { siteRole: SiteRole.parse(role) }) }
  const [after, limit] = [number('after'), number('limit') ?? 0]
  switch (pathname) {
    case '/socket': {
      const expiresAt = number('expiresAt') ?? 0
      const identity = { userId, sessionId: text('sessionId'), expiresAt }
      return { path: 'socket', identity, after: after ?? null }
    }
    case '/messages': {
      const replies = searchParams.get('replies') !== 'false'
      const query = { before: number('before'), after, around: number('around'), replies, limit }
      return { path: 'messages', caller, query }
    }
    case '/events':
      return {
        path: 'events',
        caller,
        query: { after: after ?? 0, limit, maxBytes: number('maxBytes') },
      }
    default:
      throw new Error(`A room has no ${pathname}.`)
  }
}

const REFUSED = 400

/** Inside the room: what a request is answered. */
export const toResponse = (result: { ok: true; value: Response } | { ok: false }): Response =>
  result.ok ? result.value : Response.json(result, { status: REFUSED })

/** Outside the room: whether a response carries a refusal. */
export const isRefusal = (response: Response): boolean => response.status === REFUSED
