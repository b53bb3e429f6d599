import type { Reply } from '../../fixtures/api'
import type { User } from '../../fixtures/users'
import type { Action } from './actions'
import type { Name } from './room-model'
import type { Attempt } from './rule'

export interface HttpTarget {
  cast: Record<Name, User>
  path: string
  /** As the responses to their creation showed them, oldest first. */
  invites: { id: string; code: string }[]
}

const LATER = '2099-01-01T00:00:00.000Z'
/** Longer than any test. */
const SLOW_SECONDS = 21_600

/** Tries something over HTTP. */
export function call(
  { cast, path, invites }: HttpTarget,
  action: Action,
  attempt: Attempt,
): Promise<Reply> {
  const { who, whom, seq, since, nonce, text, emoji, role, on } = attempt
  const actor = cast[who]
  const { id } = cast[whom]
  const message = `${path}/messages/${seq}`
  const invite = invites.at(-attempt.invite) ?? { id: actor.id, code: `${path.slice(10)}.none` }
  const turn = on ? actor.put : actor.delete
  const post = (more: object) => actor.post(`${path}/messages`, { nonce, text, ...more })
  switch (action) {
    case 'post':
      return post({})
    case 'reply':
      return post({ replyTo: seq, alsoInRoom: on })
    case 'mention':
      return post({ mentions: [id] })
    case 'mention all':
      return post({ mentionsRoom: true })
    case 'edit':
      return actor.patch(message, { text })
    case 'delete':
      return actor.delete(message)
    case 'react':
      return turn(`${message}/reactions/${encodeURIComponent(emoji)}/@me`)
    case 'pin':
      return turn(`${path}/pins/${seq}`)
    case 'mark read':
      return actor.put(`${path}/read-marker`, { seq, unread: on })
    case 'erase':
      return actor.delete(`${path}/messages?authorId=${id}${since ? `&since=${since}` : ''}`)
    case 'join':
      return actor.put(`${path}/members/@me`)
    case 'leave':
      return actor.delete(`${path}/members/@me`)
    case 'remove':
      return actor.delete(`${path}/members/${id}`)
    case 'ban':
      return actor.put(`${path}/bans/${id}`, {})
    case 'unban':
      return actor.delete(`${path}/bans/${id}`)
    case 'mute':
      return actor.patch(`${path}/members/${id}`, { mutedUntil: on ? LATER : null })
    case 'promote':
      return actor.patch(`${path}/members/${id}`, { role })
    case 'topic':
      return actor.patch(path, { topic: text })
    case 'freeze':
      return actor.patch(path, { frozen: on })
    case 'slow':
      return actor.patch(path, { slowModeSeconds: on ? SLOW_SECONDS : 0 })
    case 'open':
      return actor.patch(path, { access: on ? 'open' : 'closed' })
    case 'invite':
      return actor.post(`${path}/invites`, { maxUses: on ? 1 : null })
    case 'revoke':
      return actor.delete(`${path}/invites/${invite.id}`)
    case 'preview':
      return actor.get(`/v1/invites/${invite.code}`)
    case 'join by invite':
      return actor.put(`${path}/members/@me`, { invite: invite.code })
    case 'delete account':
      return actor.delete(`/v1/me?now=true&messages=${on ? 'erase' : 'keep'}`)
  }
}
