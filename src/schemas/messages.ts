import { z } from 'zod'
import { MAX_ATTACHMENTS, Media, MediaId } from './media'
import { Metadata, MetadataPatch } from './metadata'
import { Limit, page } from './pages'
import { Id, Seq, SeqParam, Timestamp } from './primitives'
import { Reaction, SharedReaction } from './reactions'
import { isVisible, text } from './text'
import { Author } from './users'

/** Each user whom a message mentions is a row in the room and one in the directory. */
export const MAX_MENTIONS = 25

export const Nonce = z
  .string()
  .regex(/^[\x20-\x7e]{1,64}$/)
  .meta({
    description:
      'A random string that you choose for each message. Posting again with the same nonce returns the first message, so retries are safe.',
    example: 'b1946ac92492d234',
  })

/** Empty only where there is an attachment; `hasContent` asks. */
const MessageText = text(0, 4000, { multiline: true })

/** A message's thread. Deleted replies still count. */
const thread = {
  replyCount: z.int().min(0).meta({ example: 4 }),
  lastReplyAt: Timestamp.nullable().meta({ example: '2026-11-22T20:41:07.000Z' }),
  replyAuthors: z
    .array(Author)
    .max(3)
    .meta({ description: 'The latest authors of replies, latest first.' }),
}

export const Thread = z.strictObject({ seq: Seq, ...thread }).meta({ id: 'Thread' })
export type Thread = z.infer<typeof Thread>

const fields = {
  roomId: Id,
  seq: Seq,
  n: z
    .int()
    .min(1)
    .meta({ description: 'Ordinal of this message in the room, counted from 1.', example: 2048 }),
  t: z.int().min(0).meta({
    description:
      'How many messages up to this one the timeline shows. A reply that is only in its thread has the value of the message before it.',
    example: 1720,
  }),
  nonce: Nonce,
  author: Author,
  text: z.string().nullable().meta({
    description: 'null when the message is deleted.',
    example: 'See you at 8!',
  }),
  createdAt: Timestamp,
  editedAt: Timestamp.nullable().meta({ example: null }),
  deletedAt: Timestamp.nullable().meta({ example: null }),
  replyTo: Seq.nullable().meta({
    description: 'The first message of the thread that this message belongs to.',
    example: null,
  }),
  alsoInRoom: z.boolean().meta({
    description: 'Whether the timeline shows this reply, too. false for what is no reply.',
    example: false,
  }),
  ...thread,
  mentions: z.array(Id).meta({
    description:
      'Mentioned users, in the text or beside it. They stay when the message is deleted.',
  }),
  mentionsRoom: z
    .boolean()
    .meta({ description: 'Whether the message mentions everyone in the room.', example: false }),
  pinned: z.boolean().meta({ example: false }),
  attachments: z.array(Media),
  metadata: Metadata,
}

const MARKUP = '`<@userId>` in the text mentions a user; a backslash before it makes it plain text.'

const ORDER = 'The emoji used first comes first.'

/** A message without what depends on the reader. */
export const SharedMessage = z
  .strictObject({ ...fields, reactions: z.array(SharedReaction).meta({ description: ORDER }) })
  .meta({ id: 'SharedMessage' })
export type SharedMessage = z.infer<typeof SharedMessage>

/** A message as the caller sees it. */
export const Message = z
  .strictObject({ ...fields, reactions: z.array(Reaction).meta({ description: ORDER }) })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof Message>

/** What the answer to posting or editing says beside the message. */
export const droppedMentions = z.array(Id).min(1).optional().meta({
  description:
    'Users whom you mentioned and who are not mentioned, because they are not members, or no longer. Absent when there are none.',
})

/** A message as the answer to posting or editing it. */
export const WrittenMessage = z
  .strictObject({ ...Message.shape, droppedMentions })
  .meta({ id: 'WrittenMessage' })
export type WrittenMessage = z.infer<typeof WrittenMessage>

export const Replies = page(Message, 'Replies')

/** A message needs text or attachments. */
export const hasContent = ({
  text,
  attachments,
}: {
  text: string
  attachments?: string[] | undefined
}) => isVisible(text) || attachments !== undefined

/** Only a reply can be shown in the room, too. */
export const isForRoom = ({
  alsoInRoom,
  replyTo,
}: {
  alsoInRoom?: boolean | undefined
  replyTo?: number | undefined
}) => !alsoInRoom || replyTo !== undefined

export const NewMessage = z
  .strictObject({
    nonce: Nonce,
    text: MessageText.default('').meta({
      description: `You may omit it when there are attachments. ${MARKUP}`,
      example: 'See you at 8!',
    }),
    attachments: z
      .array(MediaId)
      .min(1)
      .max(MAX_ATTACHMENTS)
      .refine((ids) => new Set(ids).size === ids.length, 'must differ from each other')
      .optional()
      .meta({ description: 'Media that you uploaded to this room and have not posted yet.' }),
    replyTo: Seq.optional().meta({
      description:
        'The message to reply to. A reply to a reply joins the same thread. A deleted message takes no reply, unless others have replied to it.',
    }),
    alsoInRoom: z.boolean().optional().meta({
      description: 'Show this reply in the timeline, too. Needs `replyTo`.',
    }),
    mentions: z
      .array(Id)
      .max(MAX_MENTIONS)
      .optional()
      .meta({
        description: `Members to mention beside those in the text, ${MAX_MENTIONS} in all. Mentioning yourself has no effect. Someone who has left is left out; see \`droppedMentions\`.`,
      }),
    mentionsRoom: z.boolean().optional().meta({
      description: 'Mention everyone in the room. Needs the capability `mention.room`.',
    }),
    metadata: Metadata.optional(),
  })
  .refine(hasContent, { message: 'must not be blank without attachments', path: ['text'] })
  .refine(isForRoom, {
    message: 'needs `replyTo`',
    path: ['alsoInRoom'],
  })
  .meta({ id: 'NewMessage', example: { nonce: 'b1946ac92492d234', text: 'See you at 8!' } })
export type NewMessage = z.infer<typeof NewMessage>

/** What an edit changes, over either transport. */
export const edit = {
  text: MessageText.optional().meta({
    description: `The new text. It may be empty when there are attachments. ${MARKUP}`,
    example: 'See you at 8!',
  }),
  mentions: z.array(Id).max(MAX_MENTIONS).optional().meta({
    description:
      'Members to mention beside those in the text, in place of those before. If you omit it, whoever was mentioned other than in the text stays mentioned.',
  }),
  metadata: MetadataPatch,
}

/** An edit changes something. */
export const changesSomething = ({
  text,
  mentions,
  metadata,
}: z.infer<z.ZodObject<typeof edit>>): boolean =>
  text !== undefined || mentions !== undefined || metadata !== undefined

export const NOTHING_CHANGED = 'needs `text`, `mentions` or `metadata`'

export const MessagePatch = z
  .strictObject(edit)
  .refine(changesSomething, NOTHING_CHANGED)
  .meta({ id: 'MessagePatch', minProperties: 1, example: { text: 'See you at 8!' } })
export type MessagePatch = z.infer<typeof MessagePatch>

export const MessagesQuery = z
  .strictObject({
    before: SeqParam.optional().meta({ description: 'Return messages older than this seq.' }),
    after: SeqParam.optional().meta({
      description: 'Return the first messages after this seq, still sorted newest first.',
    }),
    around: SeqParam.optional().meta({ description: 'Return messages on both sides of this seq.' }),
    replies: z
      .stringbool({ truthy: ['true'], falsy: ['false'] })
      .optional()
      .meta({
        type: 'boolean',
        description:
          'false leaves out the replies that are only in their thread: what is left is the timeline, which `t` counts.',
      }),
    limit: Limit,
  })
  .refine((q) => [q.before, q.after, q.around].filter((c) => c !== undefined).length <= 1, {
    message: 'use only one of before, after and around',
  })
export type MessagesQuery = z.infer<typeof MessagesQuery>

export const Messages = z
  .strictObject({
    items: z.array(Message).meta({ description: 'Newest first.' }),
    seq: Seq.meta({ description: "The room's latest seq when this page was read." }),
    older: Seq.nullable().meta({
      example: 4661,
      description: 'Pass it as `before` to get older messages. null when there are none.',
    }),
    newer: Seq.nullable().meta({
      example: null,
      description: 'Pass it as `after` to get newer messages. null when there are none.',
    }),
  })
  .meta({ id: 'Messages' })
export type Messages = z.infer<typeof Messages>
