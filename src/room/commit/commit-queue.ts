import type { Event } from '../../schemas/events'
import type { CommandAnswer, Live } from '../../schemas/socket'
import { toProblem } from '../client'
import { Gathering } from './batcher'

/** What a command decided: its answer, and the durable changes that everyone is told. */
export interface Outcome<T> {
  value: T
  events?: Event[]
  /** What everyone is told and nobody keeps. */
  live?: Live[]
  /** Ends someone's sockets: runs when everything up to here was told, before the next command. */
  ends?: () => void
  /** What to keep in memory once the command's rows are in. */
  done?: () => void
}

export type Command<T> = () => Outcome<T>

/** What the flush needs of the object around it. */
export interface Ports<Socket> {
  /** Runs a command so that it changes storage whole or not at all, which some do by themselves. */
  transaction: <T>(work: () => T, isAtomic: boolean) => T
  /** Undoes what a failed command did to state outside storage. */
  checkpoint: () => () => void
  broadcast: (news: News) => void
  reply: (socket: Socket, answers: CommandAnswer[]) => void
  /** Does something in the next turn, or at the end of the commit under way. */
  schedule: (work: () => void) => void
}

/** What one run tells everybody. */
export interface News {
  events: Event[]
  live: Live[]
}

type Result<T> = { value: T } | { error: unknown }
type Ref = string | number | undefined
type Replies<Socket> = Map<Socket, CommandAnswer[]>

interface Queued<Socket> {
  /** Returns what must end before the next command runs. */
  run: (news: News) => (() => void) | undefined
  settle: (replies: Replies<Socket>) => void
}

/**
 * The heart of a room. What a socket costs is per frame and what a commit costs is per event, so
 * commands gather and one synchronous run takes all of them: each in a transaction of its own, then one
 * frame of events for everybody, then the answers. All of a run is one commit, and the runtime holds
 * frames and answers until it is durable.
 */
export class Flush<Socket> {
  readonly #gathering: Gathering<Queued<Socket>>

  constructor(private readonly ports: Ports<Socket>) {
    this.#gathering = new Gathering(ports.schedule, (batch) => this.#run(batch))
  }

  /** Runs a command in the next flush; rejects with what it throws. */
  ask<T>(command: Command<T>, isAtomic = false): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#push(this.#whole(command, isAtomic), (result) => {
        if ('error' in result) reject(result.error)
        else resolve(result.value)
      })
    })
  }

  /** Runs a socket's command in the next flush; the answer carries `ref`, and without one there is none. */
  tell(socket: Socket, ref: Ref, command: Command<{ seq: number }>, isAtomic = false): void {
    this.#push(this.#whole(command, isAtomic), (result, replies) => {
      if (ref === undefined) return
      const answers = replies.get(socket) ?? []
      answers.push(toAnswer(ref, result))
      replies.set(socket, answers)
    })
  }

  #whole<T>(command: Command<T>, isAtomic: boolean): Command<T> {
    return () => this.ports.transaction(command, isAtomic)
  }

  #push<T>(
    command: Command<T>,
    settle: (result: Result<T>, replies: Replies<Socket>) => void,
  ): void {
    let result: Result<T>
    this.#gathering.push({
      run: (news) => {
        const attempt = this.#attempt(command, news)
        result = attempt.result
        return attempt.ends
      },
      settle: (replies) => settle(result, replies),
    })
  }

  #run(batch: Queued<Socket>[]): void {
    let news: News = { events: [], live: [] }
    let told = 0
    for (const [index, { run }] of batch.entries()) {
      const ends = run(news)
      if (!ends) continue
      this.#tell(news, batch.slice(told, index + 1))
      ends()
      news = { events: [], live: [] }
      told = index + 1
    }
    this.#tell(news, batch.slice(told))
  }

  #tell(news: News, batch: Queued<Socket>[]): void {
    this.ports.broadcast(news)
    const replies: Replies<Socket> = new Map()
    for (const { settle } of batch) settle(replies)
    for (const [socket, answers] of replies) this.ports.reply(socket, answers)
  }

  #attempt<T>(command: Command<T>, news: News): { result: Result<T>; ends?: () => void } {
    const undo = this.ports.checkpoint()
    try {
      const outcome = command()
      outcome.done?.()
      if (outcome.events) news.events.push(...outcome.events)
      if (outcome.live) news.live.push(...outcome.live)
      return { result: { value: outcome.value }, ...(outcome.ends && { ends: outcome.ends }) }
    } catch (error) {
      undo()
      return { result: { error } }
    }
  }
}

function toAnswer(ref: string | number, result: Result<{ seq: number }>): CommandAnswer {
  if ('value' in result) return { ref, seq: result.value.seq }
  return { ref, problem: toProblem(result.error) }
}
