import { type ChildProcess, fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'

export interface Asked {
  id: number
  method: string
  url: string
  headers: Record<string, string>
  /** How many to send. */
  bytes: number
  isHashed: boolean
  /** Left out: as fast as the other side goes. */
  perSecond?: number | undefined
}

export interface Told {
  id: number
  status: number
  location: string | undefined
  /** Of a short answer. */
  text: string
  seconds: number
  /** Of what was sent, or else of what came. */
  sha256: string
}

/** Large bodies, in a process of their own that gives way: what they cost a client is not on the clock of others. */
export class Transfers {
  #child: ChildProcess
  #waiting = new Map<number, (told: Told) => void>()
  #count = 0

  constructor(private readonly perSecond?: number) {
    this.#child = fork(join(import.meta.dirname, 'transferring.ts'))
    setPriority(this.#child.pid as number, constants.priority.PRIORITY_LOW)
    this.#child.on('message', (told: Told) => {
      this.#waiting.get(told.id)?.(told)
      this.#waiting.delete(told.id)
    })
    this.#child.once('exit', (code) => {
      if (code) throw new Error(`The process that transfers ended: ${code}`)
    })
  }

  /** Throws, which ends the run, for an answer that is none. */
  async run(asked: Omit<Asked, 'id' | 'perSecond'>): Promise<Told> {
    this.#count += 1
    const id = this.#count
    const told = await new Promise<Told>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ ...asked, id, perSecond: this.perSecond })
    })
    if (told.status >= 300) throw new Error(`${asked.method} ${asked.url}: ${told.text}`)
    return told
  }

  stop(): void {
    this.#child.disconnect()
  }
}
