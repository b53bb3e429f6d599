import { crc32, deflateSync } from 'node:zlib'

const [WIDTH, HEIGHT] = [960, 600]
const HORIZON = HEIGHT * 0.58

type Colour = readonly [red: number, green: number, blue: number]

const between = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

/** A sunrise over water, drawn by arithmetic: nobody's photograph, so nobody's rights. */
export function photograph(): Uint8Array<ArrayBuffer> {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3))
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      for (const [i, value] of colourAt(x, y).entries())
        rows[y * (1 + WIDTH * 3) + 1 + x * 3 + i] = value
    }
  }
  return new Uint8Array(png(rows))
}

function colourAt(x: number, y: number): Colour {
  const sun = Math.hypot(x - WIDTH * 0.68, y - HORIZON + 40)
  if (y < HORIZON) {
    if (sun < 34) return [255, 244, 214]
    const sky = between([92, 122, 158], [246, 196, 150], y / HORIZON)
    const ridge = 30 + 18 * Math.sin(x / 150) + 8 * Math.sin(x / 47)
    const hill = HORIZON - ridge * Math.sqrt(Math.max(0, 1 - x / (WIDTH * 0.55)))
    if (y > hill && x < WIDTH * 0.55) return between([86, 98, 116], [120, 122, 130], x / WIDTH)
    return between(sky, [255, 226, 176], Math.max(0, 1 - sun / 330))
  }
  const depth = (y - HORIZON) / (HEIGHT - HORIZON)
  const water = between([178, 160, 150], [32, 62, 84], Math.sqrt(depth))
  const wave = Math.sin(y * (1.6 - depth) + Math.sin(x / 60 + y / 9) * 2)
  const glint = Math.max(0, 1 - Math.abs(x - WIDTH * 0.68) / (30 + depth * 150)) * (0.5 + wave / 2)
  return between(
    between(water, [255, 255, 255], Math.max(0, wave) * 0.05),
    [255, 222, 170],
    glint * 0.75,
  )
}

function png(rows: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  // 8 bits, RGB.
  header.set([8, 2], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
