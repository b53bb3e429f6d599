import { crc32, deflateSync } from 'node:zlib'

const [WIDTH, HEIGHT] = [320, 200]

/** A PNG of a sky over water, as a file picker gives it. */
export function picture(name: string) {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3))
  for (let y = 0; y < HEIGHT; y += 1) {
    const light = Math.round((y / HEIGHT) * 90)
    const colour =
      y < HEIGHT * 0.6 ? [120 + light, 170 + light / 2, 215] : [30, 80 + light, 110 + light]
    for (let x = 0; x < WIDTH; x += 1) {
      for (const [i, value] of colour.entries()) rows[y * (1 + WIDTH * 3) + 1 + x * 3 + i] = value
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return { name, mimeType: 'image/png', buffer: Buffer.concat([signature, ...chunks]) }
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
