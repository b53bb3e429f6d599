type Witness = (from: string, text: string) => void

let witness: Witness | undefined

/** Lets a test see every reply and frame of its file, whoever asked for it. */
export function call(who: Witness): void {
  witness = who
}

export const tell: Witness = (from, text) => witness?.(from, text)
