import type { Event } from '../../schemas/events'
import { previewOf } from '../../schemas/mention-markup'
import type { Live } from '../../schemas/socket'
import type { CachedSettings } from '../state/read-cache'
import * as roster from '../store/roster'
import type { Change, Notice, Watchers } from './watchers'

const MAX_NOTICES = 25

interface News {
  events: Event[]
  live: Live[]
}

/** Tells inboxes what a commit changed: some at once, those that watch with the next round. */
export function announce(
  watchers: Watchers,
  { events, live }: News,
  { sql, rules, now }: { sql: SqlStorage; rules: () => CachedSettings; now: number },
): void {
  const change = changeOf(events)
  if (change) watchers.count(change)
  for (const signal of live) {
    if (signal.type === 'read' || signal.type === 'thread') watchers.markerMoved(signal.userId, now)
    if (signal.type === 'preferences') watchers.notify({ userId: signal.userId, why: 'settings' })
  }
  for (const event of events) {
    for (const notice of noticesOf(event)) {
      watchers.notify(notice)
      if (notice.why === 'removed') watchers.forget(notice.userId)
    }
  }
  for (const event of events) {
    // The role or the mute of someone, also one that ended by itself; what they change of themselves is their profile.
    if (event.type !== 'member.changed') continue
    if (event.by === event.member.user.id && event.reason === undefined) continue
    if (watchers.has(event.member.user.id))
      watchers.notify({ userId: event.member.user.id, why: 'settings' })
  }
  if (events.some(({ type }) => type === 'message.posted') && rules().kind === 'direct') {
    for (const { userId } of roster.list(sql, null, 2)) {
      if (!watchers.has(userId)) watchers.notify({ userId, why: 'messages' })
    }
  }
  if (change) watchers.tellWatchers(now)
}

function changeOf(events: Event[]): Change | undefined {
  if (events.some(changesSettings)) return 'settings'
  return events.some(changesMessages) ? 'messages' : undefined
}

const changesSettings = ({ type }: Event) => type.startsWith('room.')
const changesMessages = ({ type }: Event) =>
  ['message.posted', 'message.edited', 'message.deleted', 'messages.erased'].includes(type)

const removals = {
  'member.left': 'left',
  'member.removed': 'removed',
  'member.banned': 'banned',
} as const

function noticesOf(event: Event): Notice[] {
  switch (event.type) {
    case 'message.posted': {
      const { message } = event
      // Nearly every message: this is on the way of each.
      if (message.mentions.length === 0) return []
      const { seq, author, text } = message
      const mention = { seq, by: author, preview: text === null ? null : previewOf(text) }
      return message.mentions
        .slice(0, MAX_NOTICES)
        .map((userId) => ({ userId, why: 'mention', mention }))
    }
    case 'member.joined':
    case 'member.added':
      return [{ userId: event.member.user.id, why: 'added', by: event.by }]
    case 'member.left':
    case 'member.removed':
    case 'member.banned':
      return [{ userId: event.member.user.id, why: 'removed', removed: removals[event.type] }]
    default:
      return []
  }
}
