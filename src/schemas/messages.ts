import { z } from 'zod'
import { MAX_ATTACHMENTS, Media, MediaId } from './media'
import { Limit, page } from './pages'
import { Id, Seq, SeqParam, Timestamp } from './primitives'
import { Reaction, SharedReaction } from './reactions'
import { text } from './text'
import { Author } from './users'

export const Nonce = z
  .string()
  .regex(/^[\x20-\x7e]{1,64}$/)
  .meta({
    description:
      'Chosen by the client, unique per author in the room for ever: a repeat answers with the first message.',
    example: 'b1946ac92492d234',
  })

export const MessageText = text(1, 4000, { multiline: true }).meta({ example: 'See you at 8!' })

/** What a message tells of the thread under it. Deleted replies keep their places in it and count. */
const thread = {
  replyCount: z.int().min(0).meta({ example: 4 }),
  lastReplyAt: Timestamp.nullable().meta({ example: null }),
  replyAuthors: z.array(Author).max(3).meta({ description: 'Who replied last, latest first.' }),
}

export const Thread = z.strictObject({ seq: Seq, ...thread }).meta({ id: 'Thread' })
export type Thread = z.infer<typeof Thread>

const fields = {
  roomId: Id,
  seq: Seq,
  n: z.int().min(1).meta({ description: 'The how-many-eth message of the room.', example: 2048 }),
  nonce: Nonce,
  author: Author,
  text: z.string().nullable().meta({
    description: 'null when the message was deleted.',
    example: 'See you at 8!',
  }),
  createdAt: Timestamp,
  editedAt: Timestamp.nullable().meta({ example: null }),
  deletedAt: Timestamp.nullable().meta({ example: null }),
  replyTo: Seq.nullable().meta({ description: 'The root of the thread that this is in.' }),
  ...thread,
  mentions: z.array(Id).meta({ description: 'Who is mentioned by name; kept when it is deleted.' }),
  mentionsRoom: z.boolean().meta({ description: 'Whether everybody in the room is mentioned.' }),
  pinned: z.boolean(),
  attachments: z.array(Media),
}

const ORDER = 'The emoji that was used first comes first.'

/** A message as everybody in the room sees it. */
export const SharedMessage = z
  .strictObject({ ...fields, reactions: z.array(SharedReaction).meta({ description: ORDER }) })
  .meta({ id: 'SharedMessage' })
export type SharedMessage = z.infer<typeof SharedMessage>

/** A message as the caller sees it. */
export const Message = z
  .strictObject({ ...fields, reactions: z.array(Reaction).meta({ description: ORDER }) })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof Message>

export const Replies = page(Message, 'Replies')

/** A post says something, or shows it. */
export const hasContent = ({
  text,
  attachments,
}: {
  text: string
  attachments?: string[] | undefined
}) => text.trim() !== '' || attachments !== undefined

export const NewMessage = z
  .strictObject({
    nonce: Nonce,
    text: text(0, 4000, { multiline: true }).default('').meta({
      description: 'May be empty or left out beside attachments.',
      example: 'See you at 8!',
    }),
    attachments: z
      .array(MediaId)
      .min(1)
      .max(MAX_ATTACHMENTS)
      .refine((ids) => new Set(ids).size === ids.length, 'must differ from each other')
      .optional()
      .meta({ description: 'Media that you uploaded to this room and no message has yet.' }),
    replyTo: Seq.optional().meta({
      description: 'A message that is not deleted; a reply to a reply joins its thread.',
    }),
    mentions: z.array(Id).max(50).optional().meta({
      description: 'Members of the room; oneself is left out.',
    }),
    mentionsRoom: z.boolean().optional().meta({
      description: 'Mentions everybody in the room (capability `mention.room`).',
    }),
  })
  .refine(hasContent, { message: 'must not be blank without attachments', path: ['text'] })
  .meta({ id: 'NewMessage', example: { nonce: 'b1946ac92492d234', text: 'See you at 8!' } })
export type NewMessage = z.infer<typeof NewMessage>

export const MessagePatch = z.strictObject({ text: MessageText }).meta({ id: 'MessagePatch' })
export type MessagePatch = z.infer<typeof MessagePatch>

export const MessagesQuery = z
  .strictObject({
    before: SeqParam.optional().meta({ description: 'Only messages older than this seq.' }),
    after: SeqParam.optional().meta({
      description: 'The oldest messages newer than this seq, still shown newest first.',
    }),
    around: SeqParam.optional().meta({ description: 'Messages on both sides of this seq.' }),
    limit: Limit,
  })
  .refine((q) => [q.before, q.after, q.around].filter((c) => c !== undefined).length <= 1, {
    message: 'before, after and around exclude each other',
  })
export type MessagesQuery = z.infer<typeof MessagesQuery>

export const Messages = z
  .strictObject({
    items: z.array(Message).meta({ description: 'Newest first.' }),
    seq: Seq.meta({ description: 'Where the room was when this was read.' }),
    older: Seq.nullable().meta({ description: 'Pass as `before`; null when nothing is older.' }),
    newer: Seq.nullable().meta({ description: 'Pass as `after`; null when nothing is newer.' }),
  })
  .meta({ id: 'Messages' })
export type Messages = z.infer<typeof Messages>
