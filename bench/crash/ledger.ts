/** What a room can be caught at. */
export type Fault =
  | 'lost'
  | 'doubled'
  | 'reordered'
  | 'gap'
  | 'refused'
  | 'limited'
  | 'marker'
  | 'index'
  | 'inbox'

/** What clients were told, and whether the room kept its word. One for the whole run. */
export class Ledger {
  /** By nonce: the seq that a post was acknowledged with. */
  #acknowledged = new Map<string, number>()
  /** By seq: the nonce it was delivered with, null for what is no message. */
  #delivered = new Map<number, string | null>()
  /** By member: how far their marker was acknowledged to be. */
  #marked = new Map<number, number>()
  #problems: { fault: Fault; detail: string }[] = []

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  get delivered(): number {
    return this.#delivered.size
  }

  get problems(): readonly { fault: Fault; detail: string }[] {
    return this.#problems
  }

  acknowledge(nonce: string, seq: number): void {
    const known = this.#acknowledged.get(nonce)
    if (known !== undefined && known !== seq) {
      this.fail('doubled', `${nonce} was acknowledged as ${known} and as ${seq}`)
    }
    this.#acknowledged.set(nonce, seq)
  }

  deliver(seq: number, nonce: string | null): void {
    const known = this.#delivered.get(seq)
    if (known !== undefined && known !== nonce) {
      this.fail('reordered', `${seq} was delivered as ${known} and as ${nonce}`)
    }
    this.#delivered.set(seq, nonce)
  }

  mark(member: number, seq: number): void {
    this.#marked.set(member, Math.max(seq, this.#marked.get(member) ?? 0))
  }

  fail(fault: Fault, detail: string): void {
    this.#problems.push({ fault, detail })
  }

  count(fault: Fault): number {
    return this.#problems.filter((problem) => problem.fault === fault).length
  }

  /** Compares everything that anyone was told with the messages that the room has at the end, in order. */
  audit(kept: { seq: number; n: number; nonce: string }[]): void {
    const bySeq = new Map(kept.map(({ seq, nonce }) => [seq, nonce]))
    const told = [
      ...[...this.#acknowledged].map(([nonce, seq]) => ({ seq, nonce })),
      ...[...this.#delivered].flatMap(([seq, nonce]) => (nonce === null ? [] : [{ seq, nonce }])),
    ]
    for (const { seq, nonce } of told) {
      if (bySeq.get(seq) !== nonce) this.fail('lost', `${nonce} at ${seq}`)
    }
    const seen = new Set<string>()
    for (const { seq, nonce } of kept) {
      if (seen.has(nonce)) this.fail('doubled', `${nonce} is stored again at ${seq}`)
      seen.add(nonce)
    }
    if (kept.some(({ n }, index) => n !== index + 1)) this.fail('gap', 'messages are not dense')
  }

  /** Holds the markers that members have at the end, by their index, against what they were told. */
  auditMarkers(markers: number[]): void {
    for (const [member, seq] of this.#marked) {
      const kept = markers[member] ?? 0
      if (kept < seq) this.fail('marker', `of member ${member}: told ${seq}, kept ${kept}`)
    }
  }
}
