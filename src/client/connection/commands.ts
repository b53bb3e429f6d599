import type { Command, CommandAnswer } from '../protocol'
import { ProblemError } from './problem-error'

type Done = Extract<CommandAnswer, { seq: number }>
type Unreferenced<C> = C extends { do: string } ? Omit<C, 'ref'> : never
interface Waiting {
  resolve: (done: Done) => void
  reject: (error: Error) => void
}

/** The socket closed, or no answer came: whether the command was done is not known. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'
}

const ANSWER_MS = 10_000

/** Commands of a socket as promises. */
export class Commands {
  readonly #waiting = new Map<string | number, Waiting>()
  #count = 0

  constructor(
    readonly send: (command: object) => boolean,
    readonly answerMs = ANSWER_MS,
  ) {}

  /** Throws a `ProblemError` for a refusal, an `UnansweredError` where nothing is known. */
  async ask(command: Unreferenced<Command>): Promise<Done> {
    const ref = ++this.#count
    if (!this.send({ ...command, ref })) throw new UnansweredError('The socket is not open.')
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise<Done>((resolve, reject) => {
        this.#waiting.set(ref, { resolve, reject })
        timer = setTimeout(() => reject(new UnansweredError('No answer came.')), this.answerMs)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(ref)
    }
  }

  answered(answers: CommandAnswer[]): void {
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.ref)
      if ('problem' in answer) waiting?.reject(new ProblemError(answer.problem))
      else waiting?.resolve(answer)
    }
  }

  lost(): void {
    for (const { reject } of this.#waiting.values())
      reject(new UnansweredError('The socket closed.'))
  }
}
