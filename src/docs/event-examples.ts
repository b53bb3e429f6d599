import type { EventType } from '../schemas/events'

/** What differs from the examples of the fields, so that each event shows what it tells of. */
export const eventExamples: Partial<Record<EventType, Record<string, object | boolean | number>>> =
  {
    'message.edited': { message: { text: 'See you at 9!', editedAt: '2026-11-22T20:36:02.000Z' } },
    'message.deleted': {
      message: {
        text: null,
        attachments: [],
        reactions: [],
        deletedAt: '2026-11-22T20:36:02.000Z',
      },
    },
    'messages.erased': { from: 4021, to: 4711 },
    'reaction.removed': { count: 0, reactions: [] },
    'message.unpinned': { pinned: false },
    'member.left': { member: { role: null } },
    'member.removed': { member: { role: null } },
    'member.banned': { member: { role: null } },
    'member.unbanned': { member: { role: null } },
    'room.frozen': { room: { frozen: true } },
  }
