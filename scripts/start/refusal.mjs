// The files of this folder are JavaScript because they run before npm has installed anything, on the node of the
// machine, and node 20 does not read TypeScript. `tsc` checks them by their comments.

/** A reason why the server cannot start, in one sentence for whoever typed `npm start`. */
export class Refusal extends Error {}

/**
 * Prints the sentence of a refusal and ends with 1; anything else is a fault of ours and keeps its stack.
 * @param {unknown} error
 * @returns {never}
 */
export function giveUp(error) {
  console.error(error instanceof Refusal ? `\nchatroom: ${error.message}\n` : error)
  process.exit(1)
}

/**
 * The code of a system error, such as EADDRINUSE.
 * @param {unknown} error
 */
export const codeOf = (error) =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
