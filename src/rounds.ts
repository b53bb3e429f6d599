// A Worker has six connections open at once; more would only wait.
const CONCURRENCY = 6

/** Does something for each, a few at a time, and answers in their order. Throws what the first to fail threw. */
export async function each<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return results
}
