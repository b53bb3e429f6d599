import type { EventType } from '../schemas/events'

interface Note {
  /** Who causes the event: its `by`. */
  by: string
  /** What a client should know beside the description in its schema. */
  more?: string
}

export const eventNotes: Record<EventType, Note> = {
  'message.posted': { by: 'The author.' },
  'message.edited': { by: 'The author.' },
  'message.deleted': {
    by: 'The author, or a moderator of the room or the site.',
    more: 'Keep it in its place, without text, attachments, reactions and metadata.',
  },
  'messages.erased': {
    by: 'A moderator, or the author when they delete their account with everything they wrote.',
    more: 'Show each of these messages as deleted.',
  },
  'reaction.added': { by: 'The user who reacted.' },
  'reaction.removed': { by: 'The user who had reacted.' },
  'message.pinned': { by: 'A moderator. In a direct room, either user.' },
  'message.unpinned': { by: 'A moderator. In a direct room, either user.' },
  'member.joined': {
    by: 'The new member.',
    more: 'Posting or reacting in an open room joins it, too. A closed room takes its allowlist, its password or an invite.',
  },
  'member.added': { by: 'The admin who added the member.' },
  'member.left': {
    by: 'The member who left.',
    more: 'This is also what the room sees when a member deletes their account.',
  },
  'member.removed': {
    by: 'A moderator.',
    more: 'The sockets of this user close with 4403.',
  },
  'member.banned': {
    by: 'A moderator of the room or the site.',
    more: 'The sockets of this user close with 4403.',
  },
  'member.unbanned': {
    by: 'A moderator.',
    more: 'The user is not a member until they join again.',
  },
  'member.changed': {
    by: 'A moderator or an admin; the member, for their profile; a leaving owner, for the member who inherits the room; the member, when their mute has ended.',
  },
  'room.changed': {
    by: 'An admin. In a direct room always the same user, so that nobody learns who blocked whom.',
    more: 'In a direct room it says that who may write has changed: read `me.capabilities` again.',
  },
  'room.frozen': {
    by: 'An admin.',
    more: 'In a frozen room only its admins can write.',
  },
  'room.deleted': {
    by: 'An owner, or the last member when they delete their account.',
    more: 'All sockets of the room close with 4404.',
  },
}
