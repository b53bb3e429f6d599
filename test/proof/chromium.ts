import { spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

interface Seen {
  photo: [number, number]
  video: [number, number]
  bare: 'shown' | 'refused'
  duration: number
  playedFrom: number
  playedTo: number
}

interface Asked {
  path: string
  range: string | undefined
  status: number | undefined
}

/** Opens a page of another origin that shows these, and answers what it saw and what was asked for. */
export async function browse(service: string, directory: string, urls: Record<string, string>) {
  const asked: Asked[] = []
  const seen = Promise.withResolvers<Seen>()
  const server = createServer((incoming, outgoing) => {
    const { url: path = '', method, headers } = incoming
    if (path === '/') {
      outgoing.setHeader('Content-Type', 'text/html').end(page(urls, base))
      return
    }
    if (path === '/seen') {
      incoming.on('data', (bytes) => seen.resolve(JSON.parse(String(bytes))))
      outgoing.end()
      return
    }
    const sent = request(service + path, { method, headers }, (answer) => {
      asked.push({ path, range: headers.range, status: answer.statusCode })
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    outgoing.on('close', () => sent.destroy())
    sent.on('error', () => outgoing.destroy())
    sent.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run']
  const autoplay = '--autoplay-policy=no-user-gesture-required'
  const profile = `--user-data-dir=${join(directory, 'profile')}`
  const browser = spawn('chromium', [...options, autoplay, profile, `http://localhost:${port}/`])
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

const page = (urls: Record<string, string>, base: string) => `<!doctype html>
<script type="module">
  const urls = ${JSON.stringify(urls)}
  const until = (target, name) => new Promise((resolve, reject) => {
    target.addEventListener(name, resolve, { once: true })
    target.addEventListener('error', () => reject(new Error(name)), { once: true })
  })
  const image = (path) => {
    const image = new Image()
    image.src = '${base}' + path
    return until(image, 'load').then(() => image)
  }
  const photo = await image(urls.photo)
  const bare = await image(urls.bare).then(() => 'shown', () => 'refused')
  const video = document.createElement('video')
  Object.assign(video, { muted: true, preload: 'metadata', src: '${base}' + urls.video })
  document.body.append(video)
  await until(video, 'loadedmetadata')
  const { duration } = video
  video.currentTime = duration * 0.75
  await until(video, 'seeked')
  const playedFrom = video.currentTime
  await video.play()
  while (video.currentTime < playedFrom + 1) await until(video, 'timeupdate')
  const seen = {
    photo: [photo.naturalWidth, photo.naturalHeight],
    video: [video.videoWidth, video.videoHeight],
    bare, duration, playedFrom, playedTo: video.currentTime,
  }
  await fetch('/seen', { method: 'POST', body: JSON.stringify(seen) })
</script>`
