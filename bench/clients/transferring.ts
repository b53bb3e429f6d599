import { createHash, randomBytes } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Asked, Told } from './transfers'

const CHUNK = 250_000
const noise = randomBytes(CHUNK)
// As a film begins.
Buffer.from('0000001c667479706d703432000000006d70343269736f6d', 'hex').copy(noise)

/** Sends bytes or takes them, not faster than is asked, and hashes what goes either way when that is asked. */
async function transfer(asked: Asked): Promise<Told> {
  const { id, method, url, headers, bytes, isHashed, perSecond = Number.POSITIVE_INFINITY } = asked
  const hash = createHash('sha256')
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  /** Waits while more has gone than should have. */
  const pace = async (moved: number) => {
    const early = moved / perSecond - seconds()
    if (early > 0.005) await wait(early * 1000)
  }
  const sent = request(url, { method, headers })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })
  for (let at = 0; at < bytes; at += CHUNK) {
    const chunk = noise.subarray(0, bytes - at)
    if (isHashed) hash.update(chunk)
    if (!sent.write(chunk)) await new Promise((resolve) => sent.once('drain', resolve))
    await pace(at)
  }
  sent.end()
  const answer = await answered
  const texts: Buffer[] = []
  let received = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    received += chunk.length
    if (isHashed && bytes === 0) hash.update(chunk)
    if (received < 10_000) texts.push(chunk)
    if (bytes === 0) await pace(received)
  }
  return {
    id,
    status: answer.statusCode ?? 0,
    location: answer.headers.location,
    text: Buffer.concat(texts).toString(),
    seconds: seconds(),
    sha256: hash.digest('hex'),
  }
}

process.on('message', (asked: Asked) => {
  transfer(asked).then(
    (told) => process.send?.(told),
    (error) => {
      throw error
    },
  )
})
process.once('disconnect', () => process.exit())
