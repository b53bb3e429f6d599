import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { BatchResult, Step } from '../../schemas/batches'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import type { State } from '../state/room-state'
import * as messages from '../store/messages'
import * as editing from './edit-message'
import * as pinning from './pin-message'
import * as posting from './post-message'
import * as reacting from './react'

type Result = { seq: number }

/** Takes all steps in one commit or none: what one throws names it and undoes those before it. */
export function run(
  state: State,
  caller: Caller,
  profile: Profile | undefined,
  { steps, ifSeq }: { steps: Step[]; ifSeq?: number | undefined },
  now: number,
): Outcome<BatchResult> {
  const { sql, head } = state
  const isRepeat = steps.some(
    (step) =>
      step.do === 'message.post' &&
      messages.findByNonce(sql, caller.userId, step.nonce) !== undefined,
  )
  if (!isRepeat) posting.expect(head, ifSeq)
  const outcomes: Outcome<Result>[] = []
  for (const [index, step] of steps.entries()) {
    try {
      outcomes.push(take(state, caller, profile, step, outcomes, now))
    } catch (error) {
      throw naming(index, error)
    }
  }
  return {
    value: { results: outcomes.map(({ value }) => ({ seq: value.seq })), seq: head.seq },
    events: outcomes.flatMap(({ events }) => events ?? []),
    live: outcomes.flatMap(({ live }) => live ?? []),
    done: () => {
      for (const { done } of outcomes) done?.()
    },
  }
}

function take(
  state: State,
  caller: Caller,
  profile: Profile | undefined,
  step: Step,
  before: Outcome<Result>[],
  now: number,
): Outcome<Result> {
  if (step.do === 'message.post') {
    const outcome = posting.post(state, caller, profile, step, now)
    return { ...outcome, value: outcome.value.message }
  }
  const seq = step.seq ?? before[step.of ?? 0]?.value.seq ?? 0
  switch (step.do) {
    case 'message.edit':
      return editing.edit(state, caller, seq, step.text, now)
    case 'message.delete':
      return editing.remove(state, caller, seq, undefined, now)
    case 'message.pin':
      return pinning.add(state, caller, seq, now)
    case 'message.unpin':
      return pinning.remove(state, caller, seq, now)
    case 'reaction.add':
      return reacting.add(state, caller, seq, step.emoji, now)
    case 'reaction.remove':
      return reacting.remove(state, caller, seq, step.emoji, now)
  }
}

function naming(index: number, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error
  const { code, detail, extras } = error
  const path = `steps.${index}`
  return new ApiError(code, `${path}: ${detail}`, {
    ...extras,
    errors: [{ path, message: detail }],
  })
}
