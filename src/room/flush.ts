import type { Event } from '../schemas/events'
import type { CommandAnswer } from '../schemas/socket'
import { toProblem } from './answer'

/** What a command decided: its answer, and the durable changes that everyone is told. */
export interface Outcome<T> {
  value: T
  events?: Event[]
  /** What to keep in memory once the command's rows are in. */
  done?: () => void
}

export type Command<T> = () => Outcome<T>

/** What the flush needs of the object around it. */
export interface Ports<Socket> {
  transaction: <T>(work: () => T) => T
  /** Undoes what a failed command did to state outside storage. */
  checkpoint: () => () => void
  broadcast: (events: Event[]) => void
  reply: (socket: Socket, answers: CommandAnswer[]) => void
  schedule: (work: () => void) => void
}

type Result<T> = { value: T } | { error: unknown }
type Replies<Socket> = Map<Socket, CommandAnswer[]>

interface Queued<Socket> {
  run: (events: Event[]) => void
  settle: (replies: Replies<Socket>) => void
}

/**
 * The heart of a room. What a socket costs is per frame and what a commit costs is per event, so
 * commands queue and one synchronous run takes all of them: each in a transaction of its own, then one
 * frame of events for everybody, then the answers. All of a run is one commit, and the runtime holds
 * frames and answers until it is durable.
 */
export class Flush<Socket> {
  #queue: Queued<Socket>[] = []

  constructor(private readonly ports: Ports<Socket>) {}

  /** Runs a command in the next flush; rejects with what it throws. */
  ask<T>(command: Command<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#push(command, (result) => {
        if ('error' in result) reject(result.error)
        else resolve(result.value)
      })
    })
  }

  /** Runs a socket's command in the next flush; the answer carries `ref`, and without one there is none. */
  tell(socket: Socket, ref: string | number | undefined, command: Command<{ seq: number }>): void {
    this.#push(command, (result, replies) => {
      if (ref === undefined) return
      const answers = replies.get(socket) ?? []
      answers.push(toAnswer(ref, result))
      replies.set(socket, answers)
    })
  }

  #push<T>(
    command: Command<T>,
    settle: (result: Result<T>, replies: Replies<Socket>) => void,
  ): void {
    let result: Result<T>
    this.#queue.push({
      run: (events) => {
        result = this.#attempt(command, events)
      },
      settle: (replies) => settle(result, replies),
    })
    if (this.#queue.length === 1) this.ports.schedule(() => this.#run())
  }

  #run(): void {
    const batch = this.#queue
    this.#queue = []
    const events: Event[] = []
    for (const { run } of batch) run(events)
    if (events.length > 0) this.ports.broadcast(events)
    const replies: Replies<Socket> = new Map()
    for (const { settle } of batch) settle(replies)
    for (const [socket, answers] of replies) this.ports.reply(socket, answers)
  }

  #attempt<T>(command: Command<T>, events: Event[]): Result<T> {
    const undo = this.ports.checkpoint()
    try {
      const outcome = this.ports.transaction(command)
      outcome.done?.()
      if (outcome.events) events.push(...outcome.events)
      return { value: outcome.value }
    } catch (error) {
      undo()
      return { error }
    }
  }
}

function toAnswer(ref: string | number, result: Result<{ seq: number }>): CommandAnswer {
  if ('value' in result) return { ref, seq: result.value.seq }
  return { ref, problem: toProblem(result.error) }
}
