import { vi } from 'vitest'
import type { Directory } from '../../src/directory/database'

/** Lets something happen between what the next caller of `directory` has read and the batch it writes. */
export function meanwhile(directory: Directory, happen: () => Promise<unknown>): void {
  const batch = directory.batch.bind(directory)
  vi.spyOn(directory, 'batch').mockImplementationOnce(async (statements) => {
    await happen()
    return batch(statements)
  })
}
