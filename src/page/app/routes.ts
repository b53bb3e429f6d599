import { useSyncExternalStore } from 'preact/compat'

/** What is beside a room. */
export type Panel = 'members' | 'pins' | 'search' | 'settings' | 'moderation'
const PANELS: readonly string[] = ['members', 'pins', 'search', 'settings', 'moderation']

/** The parts of one's account. */
export type AccountPart = 'profile' | 'security' | 'devices' | 'privacy' | 'notifications' | 'data'
const ACCOUNT_PARTS: readonly string[] = [
  'profile',
  'security',
  'devices',
  'privacy',
  'notifications',
  'data',
]

export type Route =
  | { view: 'home' }
  | { view: 'discover' }
  | { view: 'new-room' }
  | { view: 'people' }
  | { view: 'mentions' }
  | { view: 'threads' }
  | { view: 'account'; part: AccountPart }
  | { view: 'invite'; code: string }
  | { view: 'room'; roomId: string; panel: Panel | null; thread: number | null; at: number | null }

const VIEWS: readonly string[] = ['discover', 'new-room', 'people', 'mentions', 'threads']

/** What the address says. It stands behind `#`, so that codes of invites reach no log. */
export function routeOf(hash: string): Route {
  const [first = '', second = '', third = '', fourth = ''] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded)
  if (VIEWS.includes(first)) return { view: first as 'discover' }
  if (first === 'account' || first === 'profile')
    return {
      view: 'account',
      part: (ACCOUNT_PARTS.includes(second) ? second : 'profile') as AccountPart,
    }
  if (first === 'invite' && second) return { view: 'invite', code: second }
  if (first === 'rooms' && second) {
    const room = { view: 'room', roomId: second, panel: null, thread: null, at: null } as const
    if (third === 'threads' && Number(fourth) > 0) return { ...room, thread: Number(fourth) }
    if (third === 'messages' && Number(fourth) > 0) return { ...room, at: Number(fourth) }
    if (PANELS.includes(third)) return { ...room, panel: third as Panel }
    return room
  }
  return { view: 'home' }
}

export const addressOf = {
  home: '#/',
  logIn: '#/log-in',
  account: (part: AccountPart) => `#/account/${part}`,
  room: (roomId: string, panel?: Panel) =>
    `#/rooms/${encodeURIComponent(roomId)}${panel ? `/${panel}` : ''}`,
  thread: (roomId: string, seq: number) => `#/rooms/${encodeURIComponent(roomId)}/threads/${seq}`,
  message: (roomId: string, seq: number) => `#/rooms/${encodeURIComponent(roomId)}/messages/${seq}`,
  invite: (code: string) => `#/invite/${encodeURIComponent(code)}`,
}

export function go(address: string, { replace = false } = {}): void {
  if (replace) location.replace(address)
  else location.hash = address
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

export function useAddress(): string {
  return useSyncExternalStore(subscribe, () => location.hash)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
