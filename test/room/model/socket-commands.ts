import type { User } from '../../fixtures/users'
import type { Action } from './actions'
import type { Name } from './room-model'
import type { Attempt } from './rule'

/** The command of a socket that does this, if there is one. */
export function command(
  cast: Record<Name, User>,
  action: Action,
  { whom, seq, nonce, text, emoji, on }: Attempt,
): object | undefined {
  const post = { do: 'message.post', nonce, text }
  switch (action) {
    case 'post':
      return post
    case 'reply':
      return { ...post, replyTo: seq, alsoInRoom: on }
    case 'mention':
      return { ...post, mentions: [cast[whom].id] }
    case 'mention all':
      return { ...post, mentionsRoom: true }
    case 'edit':
      return { do: 'message.edit', seq, text }
    case 'delete':
      return { do: 'message.delete', seq }
    case 'react':
      return { do: on ? 'reaction.add' : 'reaction.remove', seq, emoji }
    case 'mark read':
      return { do: 'read.mark', seq, unread: on }
    default:
      return undefined
  }
}
