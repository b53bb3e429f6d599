/** The value below which this share of the values lies (nearest rank). */
export function percentile(values: number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new Error('There is nothing to take a percentile of.')
  return value
}

export const median = (values: number[]): number => percentile(values, 0.5)
