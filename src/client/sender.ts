import { type BackOff, pause, waitOf } from './connection/back-off'
import { type Commands, UnansweredError } from './connection/commands'
import { ProblemError } from './connection/problem-error'
import type { Unsent, UnsentMessage } from './store/unsent'

interface SenderOptions {
  unsent: Unsent
  commands: Commands
  isReady: () => boolean
  onChange: () => void
  backOff: BackOff
}

/** A refusal that names a longer wait is for the author to decide. */
const MAX_WAIT_SECONDS = 60

/** Sends one message at a time, so that they keep their order, and sends again until it knows. */
export class Sender {
  #isSending = false

  constructor(readonly options: SenderOptions) {}

  async start(): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    const { unsent, isReady } = this.options
    for (let attempt = 0; isReady(); ) {
      const message = unsent.next()
      if (!message) break
      attempt = (await this.#send(message, attempt)) ? 0 : attempt + 1
    }
    this.#isSending = false
  }

  /** Whether it is known what became of it. */
  async #send({ nonce, text, draft }: UnsentMessage, attempt: number): Promise<boolean> {
    const { unsent, commands, onChange, backOff } = this.options
    try {
      await commands.ask({ do: 'message.post', ...draft, text: text ?? '', nonce })
      if (unsent.remove(nonce)) onChange()
      return true
    } catch (error) {
      if (error instanceof UnansweredError) return false
      const wait = error instanceof ProblemError ? waitAfter(error, backOff, attempt) : undefined
      if (wait === undefined) {
        unsent.fail(nonce, error as Error)
        onChange()
        return true
      }
      await pause(wait)
      return false
    }
  }
}

function waitAfter(error: ProblemError, backOff: BackOff, attempt: number): number | undefined {
  const { retryAfter } = error
  if (retryAfter !== undefined && retryAfter <= MAX_WAIT_SECONDS) return retryAfter * 1000
  return error.isTemporary && retryAfter === undefined ? waitOf(backOff, attempt) : undefined
}
