import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** What `page.html` tells. */
export interface Seen {
  error?: string
  photo: [number, number]
  narrow: [number, number]
  bare: 'refused' | [number, number]
  film: string
  video: [number, number]
  duration: number
  playedFrom: number
  playedTo: number
}

export interface Asked {
  method: string
  path: string
  range: string | undefined
  status: number | undefined
}

const options = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
]

/** Opens `page.html` in Chromium, as a page of another origin, and answers what it saw and what it asked the service for. */
export async function browse(
  service: string,
  directory: string,
  film: string,
  wanted: Record<string, string>,
): Promise<{ seen: Seen; asked: Asked[] }> {
  const asked: Asked[] = []
  const seen = Promise.withResolvers<Seen>()
  const files: Record<string, string> = {
    '/': join(import.meta.dirname, 'page.html'),
    '/tus.js': 'node_modules/tus-js-client/dist/tus.min.js',
    '/film.webm': film,
  }
  const server = createServer((incoming, outgoing) => {
    const { url = '' } = incoming
    const file = files[url]
    if (url.startsWith('/v1/')) forward(service, incoming, outgoing, asked)
    else if (file) outgoing.end(readFileSync(file))
    else if (url === '/seen') {
      incoming.on('data', (bytes) => seen.resolve(JSON.parse(String(bytes))))
      outgoing.end()
    } else outgoing.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const hash = encodeURIComponent(
    JSON.stringify({ ...wanted, service: `http://127.0.0.1:${port}` }),
  )
  const profile = `--user-data-dir=${join(directory, 'profile')}`
  const browser = spawn('chromium', [...options, profile, `http://localhost:${port}/#${hash}`])
  try {
    return { seen: await seen.promise, asked }
  } finally {
    const ended = new Promise((resolve) => browser.once('exit', resolve))
    browser.kill()
    await ended
    server.closeAllConnections()
    server.close()
  }
}

/** Passes a request on as it is, and notes it. */
function forward(
  service: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  asked: Asked[],
): void {
  const { url: path = '', method = '', headers } = incoming
  const sent = request(service + path, { method, headers }, (answer) => {
    asked.push({ method, path, range: headers.range, status: answer.statusCode })
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(outgoing)
  })
  outgoing.on('close', () => sent.destroy())
  sent.on('error', () => outgoing.destroy())
  incoming.pipe(sent)
}
