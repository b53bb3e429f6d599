import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import { mentionedIn, previewOf } from '../../schemas/mention-markup'
import { hasContent, type Message, type SharedMessage } from '../../schemas/messages'
import { changeStored, type MetadataChange, toStored } from '../../schemas/metadata'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { requireCapability } from '../policy/permissions'
import * as ftsIndex from '../search/fts-index'
import * as edits from '../store/edits'
import * as events from '../store/events'
import * as mentions from '../store/mentions'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import * as threads from '../store/threads/threads'
import type { CommandContext } from './command-context'
import { markIfLast } from './tombstone'

/** What is left out stays. Without `mentions`, those who were mentioned other than in the text stay mentioned. */
export interface EditInput extends MetadataChange {
  seq: number
  text?: string | undefined
  mentions?: string[] | undefined
}

export interface Edited {
  message: Message
  seq: number
  /** Users whom the edit mentions in vain; absent when there are none. */
  droppedMentions?: string[]
}

/**
 * Changes the text, the mentions and the metadata of one's own message. The same again changes nothing. Throws
 * `forbidden`, `gone`, `rate_limited`, and `invalid` for an empty text without attachments.
 */
export function editMessage(context: CommandContext, input: EditInput): CommandResult<Edited> {
  const { state, caller, now } = context
  const { sql, sequence } = state
  const { seq } = input
  const { userId } = caller
  const actor = authorize(context, 'room.read')
  const message = messages.get(sql, seq)
  if (message.author.id !== userId) {
    throw new ApiError('forbidden', 'You can edit only your own messages.')
  }
  requireCapability(actor, 'message.edit.own', now)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  const text = input.text ?? message.text ?? ''
  requireContent(message, text)
  const { mentioned, dropped } = mentions.resolve(sql, mentionsOf(message, { ...input, text }))
  const [before, after] = metadataOf(message, input)
  const value = (at: number): Edited => ({
    message: reactions.personalize(sql, userId, messages.get(sql, seq)),
    seq: at,
    ...(dropped.length > 0 && { droppedMentions: dropped }),
  })
  const isSameText = message.text === text
  const areSameMentions = isSameSet(message.mentions, mentioned)
  if (isSameText && areSameMentions && before === after) return { value: value(sequence.seq) }
  // An edit writes and tells as much as a post, so both share one limit.
  enforceLimit(state.rates.posts, userId, now)
  if (!isSameText) replaceText(context, message, text)
  if (!areSameMentions) {
    mentions.replace(sql, sequence, message, mentioned)
    threads.changeMentions(sql, sequence, message, mentioned)
  }
  if (before !== after) messages.setMetadata(sql, seq, after)
  markIfLast(state, message)
  const edited = { type: 'message.edited', by: userId, messageSeq: seq } as const
  const event = events.append(sql, sequence, edited, now)
  const added = mentioned.filter((whom) => !message.mentions.includes(whom))
  const personal = mentionsOfEdit(message, text, added)
  return { value: value(event.seq), events: [event], personal }
}

/** Whom an edit mentions for the first time is told as whom a post mentions. */
const mentionsOfEdit = ({ seq, author }: SharedMessage, text: string, added: string[]) =>
  added.map((userId) => ({
    userId,
    live: [],
    mention: { seq, by: author, preview: previewOf(text) },
  }))

const metadataOf = ({ metadata }: SharedMessage, input: EditInput) => {
  const stored = toStored(metadata)
  return [stored, changeStored(stored, input)] as const
}

const isSameSet = (before: string[], after: string[]) =>
  before.length === after.length && before.every((userId) => after.includes(userId))

function requireContent({ attachments }: SharedMessage, text: string): void {
  const ids = attachments.map(({ id }) => id)
  if (hasContent({ text, attachments: ids.length > 0 ? ids : undefined })) return
  const message = 'must not be blank without attachments'
  throw new ApiError('invalid', `text: ${message}`, { errors: [{ path: 'text', message }] })
}

function mentionsOf(
  message: SharedMessage,
  input: EditInput & { text: string },
): mentions.MentionInput {
  const before = mentionedIn(message.text ?? '')
  const named = message.mentions.filter((userId) => !before.includes(userId))
  return {
    authorId: message.author.id,
    named: input.mentions ?? named,
    text: input.text,
    kept: message.mentions,
  }
}

function replaceText({ state, now }: CommandContext, message: SharedMessage, text: string): void {
  const { sql, sequence } = state
  const { seq } = message
  edits.record(sql, seq, message.text ?? '', Date.parse(message.editedAt ?? message.createdAt))
  ftsIndex.removeMessage(sql, seq)
  messages.edit(sql, seq, text, Math.max(sequence.at, now))
  ftsIndex.addMessage(sql, seq)
}
