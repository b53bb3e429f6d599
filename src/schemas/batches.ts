import { z } from 'zod'
import { Emoji } from './emoji'
import {
  changesSomething,
  droppedMentions,
  edit,
  hasContent,
  isForRoom,
  NewMessage,
  NOTHING_CHANGED,
} from './messages'
import { Seq } from './primitives'
import { schemaId } from './schema-ids'

export const MAX_BATCH = 20

/** The message that a step acts on: an existing one, or one that an earlier step posts. */
const target = {
  seq: Seq.optional(),
  of: z
    .int()
    .min(0)
    .max(MAX_BATCH - 1)
    .optional()
    .meta({
      description: 'Instead of `seq`: the index of an earlier `message.post` in this batch.',
      example: 0,
    }),
}

const bare = <T extends string, S extends z.ZodRawShape>(name: T, shape: S) =>
  z.strictObject({ do: z.literal(name), ...shape })

const step = <T extends string, S extends z.ZodRawShape>(name: T, shape: S) =>
  bare(name, shape).meta({ id: schemaId(name, 'Step') })

export const Step = z
  .discriminatedUnion('do', [
    bare('message.post', NewMessage.shape)
      .refine(hasContent, { message: 'must not be blank without attachments', path: ['text'] })
      .refine(isForRoom, { message: 'needs `replyTo`', path: ['alsoInRoom'] })
      .meta({ id: schemaId('message.post', 'Step') }),
    step('message.edit', { ...target, ...edit }).refine(changesSomething, NOTHING_CHANGED),
    step('message.delete', { ...target }),
    step('message.pin', { ...target }),
    step('message.unpin', { ...target }),
    step('reaction.add', { ...target, emoji: Emoji }),
    step('reaction.remove', { ...target, emoji: Emoji }),
  ])
  .meta({ id: 'Step' })
export type Step = z.infer<typeof Step>

export const NewBatch = z
  .strictObject({ steps: z.array(Step).min(1).max(MAX_BATCH) })
  .superRefine(({ steps }, context) => {
    for (const [index, step] of steps.entries()) {
      if (step.do === 'message.post' || hasTarget(step, steps.slice(0, index))) continue
      const message = 'needs either `seq`, or in `of` the index of an earlier `message.post`'
      context.addIssue({ code: 'custom', path: ['steps', index], message })
    }
  })
  .meta({
    id: 'NewBatch',
    example: {
      steps: [
        { do: 'message.post', nonce: 'b1946ac92492d234', text: 'See you at 8!' },
        { do: 'reaction.add', of: 0, emoji: '👍' },
      ],
    },
  })
export type NewBatch = z.infer<typeof NewBatch>

export const BatchResult = z
  .strictObject({
    results: z
      .array(z.strictObject({ seq: Seq, droppedMentions }).meta({ id: 'StepResult' }))
      .meta({
        description:
          'One per step: the seq of the posted message, or of the change that the step made.',
      }),
    seq: Seq.meta({ description: "The room's latest seq after the batch." }),
  })
  .meta({ id: 'BatchResult' })
export type BatchResult = z.infer<typeof BatchResult>

function hasTarget(
  { seq, of }: { seq?: number | undefined; of?: number | undefined },
  earlier: { do: string }[],
): boolean {
  if (seq !== undefined) return of === undefined
  return of !== undefined && earlier[of]?.do === 'message.post'
}
