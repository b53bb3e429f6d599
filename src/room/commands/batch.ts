import { ApiError } from '../../errors'
import type { BatchResult, Step } from '../../schemas/batches'
import type { CommandResult } from '../commit/command-result'
import * as messages from '../store/messages'
import type { CommandContext } from './command-context'
import { type CommandValue, runCommand } from './command-table'
import { requireSeq } from './post-message'

interface BatchInput {
  steps: Step[]
  ifSeq?: number | undefined
}

/** Runs all steps in one commit or none: what one throws names the step and undoes those before it. */
export function runBatch(
  context: CommandContext,
  { steps, ifSeq }: BatchInput,
): CommandResult<BatchResult> {
  const { sql, sequence } = context.state
  const isRepeat = steps.some(
    (step) =>
      step.do === 'message.post' &&
      messages.findByNonce(sql, context.caller.userId, step.nonce) !== undefined,
  )
  if (!isRepeat) requireSeq(sequence, ifSeq)
  const results: CommandResult<CommandValue>[] = []
  for (const [index, step] of steps.entries()) {
    try {
      results.push(runStep(context, step, results))
    } catch (error) {
      throw namingStep(index, error)
    }
  }
  return {
    value: { results: results.map(({ value }) => toResult(value)), seq: sequence.seq },
    events: results.flatMap(({ events }) => events ?? []),
    live: results.flatMap(({ live }) => live ?? []),
    personal: results.flatMap(({ personal }) => personal ?? []),
    updateMemory: () => {
      for (const { updateMemory } of results) updateMemory?.()
    },
  }
}

const toResult = ({ seq, droppedMentions }: CommandValue) => ({
  seq,
  ...(droppedMentions && { droppedMentions }),
})

function runStep(
  context: CommandContext,
  step: Step,
  earlier: CommandResult<CommandValue>[],
): CommandResult<CommandValue> {
  if (step.do === 'message.post') return runCommand(step.do, context, step)
  const seq = step.seq ?? earlier[step.of ?? 0]?.value.seq ?? 0
  return runCommand(step.do, context, { ...step, seq })
}

function namingStep(index: number, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error
  const { code, detail, extras } = error
  const path = `steps.${index}`
  return new ApiError(code, `${path}: ${detail}`, {
    ...extras,
    errors: [{ path, message: detail }],
  })
}
