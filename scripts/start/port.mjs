import { createServer } from 'node:net'
import { codeOf, Refusal } from './refusal.mjs'

// Wrangler listens on both, and a program that holds one of them would answer in its place.
const LOOPBACKS = ['127.0.0.1', '::1']

/**
 * The port to serve on: the one asked for if it is free, any free one for 0.
 * @param {number} wanted
 * @returns {Promise<number>}
 */
export async function freePort(wanted) {
  let port = wanted
  for (const host of LOOPBACKS) {
    try {
      port = await listen(port, host)
    } catch (error) {
      // A machine without IPv6 is fine.
      if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) continue
      throw new Refusal(reason(error, wanted))
    }
  }
  return port
}

/**
 * @param {unknown} error
 * @param {number} port
 */
function reason(error, port) {
  const other = port < 1024 ? 8787 : port + 1
  const way = `Choose another: npm start -- --port ${other}`
  if (codeOf(error) === 'EADDRINUSE') return `Another program listens on port ${port}. ${way}`
  if (codeOf(error) === 'EACCES') return `You may not listen on port ${port}. ${way}`
  return `Nothing can listen on port ${port} (${String(error)}). ${way}`
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number>}
 */
const listen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => resolve(address && typeof address === 'object' ? address.port : port))
    })
  })
