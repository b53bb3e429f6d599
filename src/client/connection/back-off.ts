export interface BackOff {
  /** The longest first wait, in milliseconds. It doubles with each attempt. */
  base: number
  /** The longest wait of all. */
  max: number
}

export const BACK_OFF: BackOff = { base: 500, max: 30_000 }

/** Full jitter: any time up to the bound, so that clients that were cut together do not return together. */
export const waitOf = ({ base, max }: BackOff, attempt: number): number =>
  Math.random() * Math.min(max, base * 2 ** attempt)

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
