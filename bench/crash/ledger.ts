/** What clients were told, and whether the room kept its word. One for the whole run. */
export class Ledger {
  /** By nonce: the seq that a post was acknowledged with. */
  #acknowledged = new Map<string, number>()
  /** By seq: the nonce it was delivered with, null for what is no message. */
  #delivered = new Map<number, string | null>()
  #problems: string[] = []

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  get delivered(): number {
    return this.#delivered.size
  }

  get problems(): readonly string[] {
    return this.#problems
  }

  acknowledge(nonce: string, seq: number): void {
    const known = this.#acknowledged.get(nonce)
    if (known !== undefined && known !== seq) {
      this.fail(`doubled: ${nonce} was acknowledged as ${known} and as ${seq}`)
    }
    this.#acknowledged.set(nonce, seq)
  }

  deliver(seq: number, nonce: string | null): void {
    const known = this.#delivered.get(seq)
    if (known !== undefined && known !== nonce) {
      this.fail(`reordered: ${seq} was delivered as ${known} and as ${nonce}`)
    }
    this.#delivered.set(seq, nonce)
  }

  fail(problem: string): void {
    this.#problems.push(problem)
  }

  /** Compares everything that anyone was told with the messages that the room has at the end, in order. */
  audit(kept: { seq: number; n: number; nonce: string }[]): Verdict {
    const bySeq = new Map(kept.map(({ seq, nonce }) => [seq, nonce]))
    const told = [
      ...[...this.#acknowledged].map(([nonce, seq]) => ({ seq, nonce })),
      ...[...this.#delivered].flatMap(([seq, nonce]) => (nonce === null ? [] : [{ seq, nonce }])),
    ]
    const lost = told.filter(({ seq, nonce }) => bySeq.get(seq) !== nonce)
    for (const { seq, nonce } of lost) this.fail(`lost: ${nonce} at ${seq}`)
    const doubled = kept.length - new Set(kept.map(({ nonce }) => nonce)).size
    if (doubled > 0) this.fail(`doubled: ${doubled} nonces are stored twice`)
    if (kept.some(({ n }, index) => n !== index + 1)) this.fail('the messages are not dense')
    return { lost: lost.length, doubled }
  }
}

export interface Verdict {
  lost: number
  doubled: number
}
