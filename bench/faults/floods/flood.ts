import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Room } from '../../targets/target'

export type Kind =
  | 'posts over a socket'
  | 'posts over HTTP'
  | 'log-ins'
  | 'registrations'
  | 'sockets'
  | 'made-up rooms'
  | 'passwords for made-up rooms'

/** What a process that floods is told. */
export interface Orders {
  kind: Kind
  url: string
  roomId: string
  token: string
}

/** How often it got which answer. */
export type Tally = Record<string, number>

/** What came of one flood. */
export interface Flooded {
  tried: number
  seconds: number
  answers: Tally
}

/** A process of its own that floods, so that whoever measures meanwhile does not measure the flooder. */
export class Flooder {
  private constructor(private readonly child: ChildProcess) {}

  /** Started well before it is needed: starting takes a core for a second. */
  static async start(kind: Kind, room: Room): Promise<Flooder> {
    const orders: Orders = {
      kind,
      url: room.url.href,
      roomId: room.roomId,
      token: room.tokens[0] ?? '',
    }
    const child = fork(`${import.meta.dirname}/flooder.ts`, [JSON.stringify(orders)], {
      execArgv: ['--import', 'tsx'],
    })
    await once(child, 'message')
    return new Flooder(child)
  }

  async flood(ms: number): Promise<Flooded> {
    this.child.send(ms)
    const [flooded] = await once(this.child, 'message')
    return flooded
  }

  stop(): void {
    this.child.kill()
  }
}
