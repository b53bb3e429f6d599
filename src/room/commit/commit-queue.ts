import type { Event } from '../../schemas/events'
import type { CommandAnswer, Live } from '../../schemas/socket'
import { Batcher } from './batcher'
import type { Command, Personal } from './command-result'
import { toSocketProblem } from './socket-problem'

/** What the queue needs of the object around it. */
export interface Ports<Socket> {
  /** Runs a command so that it changes storage whole or not at all; an atomic one does that by itself. */
  transaction: <T>(work: () => T, isAtomic: boolean) => T
  /** Returns what undoes a failed command's changes to state outside storage. */
  checkpoint: () => () => void
  broadcast: (news: News) => void
  /** Tells everybody but the socket that each signal came from. */
  relay: (signals: Relayed<Socket>[]) => void
  /** Tells one user's sockets what nobody else is told. */
  sendToUser: (personal: Personal) => void
  reply: (socket: Socket, answers: CommandAnswer[]) => void
  /** Does something in the next turn, or when the commit under way ends. */
  schedule: (work: () => void) => void
}

/** What one run tells everybody. */
export interface News {
  events: Event[]
  live: Live[]
}

/** A signal, and the socket that it came from. */
export interface Relayed<Socket> {
  from: Socket
  signal: Live
}

/** What one run tells: everybody, all but one socket, and single users. */
interface Told<Socket> extends News {
  relayed: Relayed<Socket>[]
  personal: Personal[]
}

/** What an answer over a socket takes from a command's result. */
type Answerable = { seq: number; droppedMentions?: string[] }
type Settled<T> = { value: T } | { error: unknown }
type Ref = string | number | undefined
type Replies<Socket> = Map<Socket, CommandAnswer[]>

interface Queued<Socket> {
  /** Returns what must be closed before the next command runs. */
  run: (told: Told<Socket>) => (() => void) | undefined
  answer: (replies: Replies<Socket>) => void
}

/**
 * The heart of a room: group commit. A socket costs per frame and a commit costs per event, so commands queue and one
 * synchronous run takes all of them: each in a transaction of its own, then one frame of events for everybody, then the
 * answers. A run is one commit, and the runtime holds frames and answers until it is durable.
 * See docs/architecture.md#the-commit-queue.
 */
export class CommitQueue<Socket> {
  readonly #batcher: Batcher<Queued<Socket>>

  constructor(private readonly ports: Ports<Socket>) {
    this.#batcher = new Batcher(ports.schedule, (batch) => this.#run(batch))
  }

  /** Runs a command in the next commit; rejects with what it throws. */
  submit<T>(command: Command<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#push(command, (settled) => {
        if ('error' in settled) reject(settled.error)
        else resolve(settled.value)
      })
    })
  }

  /** Runs a socket's command in the next commit. The answer carries `ref`; without one there is no answer. */
  submitFromSocket(socket: Socket, ref: Ref, command: Command<Answerable>): void {
    this.#push(
      command,
      (settled, replies) => {
        if (ref === undefined) return
        const answers = replies.get(socket) ?? []
        answers.push(toAnswer(ref, settled))
        replies.set(socket, answers)
      },
      socket,
    )
  }

  #push<T>(
    command: Command<T>,
    answer: (settled: Settled<T>, replies: Replies<Socket>) => void,
    from?: Socket,
  ): void {
    let settled: Settled<T>
    this.#batcher.push({
      run: (news) => {
        const attempt = this.#attempt(command, news, from)
        settled = attempt.settled
        return attempt.closeSockets
      },
      answer: (replies) => answer(settled, replies),
    })
  }

  #run(batch: Queued<Socket>[]): void {
    let news = noNews<Socket>()
    let told = 0
    for (const [index, { run }] of batch.entries()) {
      const closeSockets = run(news)
      if (!closeSockets) continue
      this.#tell(news, batch.slice(told, index + 1))
      closeSockets()
      news = noNews()
      told = index + 1
    }
    this.#tell(news, batch.slice(told))
  }

  #tell({ personal, relayed, ...news }: Told<Socket>, batch: Queued<Socket>[]): void {
    this.ports.broadcast(news)
    if (relayed.length > 0) this.ports.relay(relayed)
    for (const told of personal) this.ports.sendToUser(told)
    const replies: Replies<Socket> = new Map()
    for (const { answer } of batch) answer(replies)
    for (const [socket, answers] of replies) this.ports.reply(socket, answers)
  }

  #attempt<T>(
    { run, isAtomic }: Command<T>,
    news: Told<Socket>,
    from: Socket | undefined,
  ): { settled: Settled<T>; closeSockets?: () => void } {
    const undo = this.ports.checkpoint()
    try {
      const result = this.ports.transaction(run, isAtomic)
      result.updateMemory?.()
      if (result.events) news.events.push(...result.events)
      if (result.live) news.live.push(...result.live)
      if (from !== undefined) {
        news.relayed.push(...(result.others ?? []).map((signal) => ({ from, signal })))
      }
      if (result.personal) news.personal.push(...result.personal)
      return {
        settled: { value: result.value },
        ...(result.closeSockets && { closeSockets: result.closeSockets }),
      }
    } catch (error) {
      undo()
      return { settled: { error } }
    }
  }
}

const noNews = <Socket>(): Told<Socket> => ({ events: [], live: [], relayed: [], personal: [] })

function toAnswer(ref: string | number, settled: Settled<Answerable>): CommandAnswer {
  if ('value' in settled) {
    const { seq, droppedMentions } = settled.value
    return { ref, seq, ...(droppedMentions && { droppedMentions }) }
  }
  return { ref, problem: toSocketProblem(settled.error) }
}
