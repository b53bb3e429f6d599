// Each example is installed from its lock file, built, and meets the others in the lobby.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { leashed } from '../../scripts/start/leashed.mjs'
import { launch } from '../browser/chromium.ts'
import { type Service, start } from '../proof/service.ts'
import { freePort } from '../start/program.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'
const PICTURES = process.env.PICTURES

let service: Service
const running: ReturnType<typeof leashed>[] = []

before(async () => {
  service = await start()
})

after(async () => {
  await browser?.close()
  for (const program of running) await program.stop()
  await service.stop()
})

const folder = (name: string) => join('examples', name)

function build(name: string): void {
  const run = (...args: string[]) =>
    execFileSync('npm', [...args, '--prefix', folder(name)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  run('ci', '--no-audit', '--no-fund', '--loglevel=error')
  run('run', '--silent', 'build')
}

/** What an example's build would be served as by any server of files. */
async function serve(name: string): Promise<string> {
  const port = String(await freePort())
  const vite = join(folder(name), 'node_modules/.bin/vite')
  running.push(
    leashed([vite, 'preview', folder(name), '--host', '127.0.0.1', '--port', port], {
      isQuiet: true,
    }),
  )
  const url = `http://127.0.0.1:${port}/?service=${service.url}`
  for (let tries = 0; tries < 120; tries += 1) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return url
    await new Promise((done) => setTimeout(done, 500))
  }
  throw new Error('Vite does not answer.')
}

async function opened(url: string) {
  const page = await (
    await browser?.newContext({ viewport: { width: 900, height: 640 } })
  )?.newPage()
  assert.ok(page)
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', ({ message, stack }) => faults.push(stack ?? message))
  page.on('requestfailed', (request) => faults.push(request.url()))
  await page.goto(url)
  return { page, faults }
}

it('the bot answers who asks, once', { skip }, async () => {
  build('bot')
  const bot = leashed(['node', join(folder('bot'), 'bot.js'), service.url], { isQuiet: true })
  running.push(bot)
  for (let tries = 0; tries < 100 && !bot.printed().includes('in the lobby'); tries += 1)
    await new Promise((done) => setTimeout(done, 100))
  assert.equal(bot.printed(), 'The bot is in the lobby.\n')
})

it('plain is 40 lines, and talks with the bot', { skip }, async () => {
  assert.ok(
    readFileSync(join(folder('plain'), 'chat.js'), 'utf8')
      .trim()
      .split('\n').length <= 40,
  )
  build('plain')
  const { page, faults } = await opened(await serve('plain'))
  await page.getByLabel('Message').fill('!echo by fetch and WebSocket')
  await page.keyboard.press('Enter')
  await page.getByText('Bot: by fetch and WebSocket').waitFor()
  assert.equal(await page.locator('p').count(), 2)
  await picture(page, 'plain')
  assert.deepEqual(faults, [])
})

it('chatscope shows what was said, and says something', { skip }, async () => {
  build('chatscope')
  const { page, faults } = await opened(await serve('chatscope'))
  await page.getByText('by fetch and WebSocket', { exact: true }).waitFor()
  await page.locator('[contenteditable]').fill('hello from chatscope')
  await page.keyboard.press('Enter')
  await page.getByText('hello from chatscope').waitFor()
  await page.getByText(/\d online/).waitFor()
  await picture(page, 'chatscope')
  assert.deepEqual(faults, [])
})

it('vue-advanced-chat shows what was said, and says something', { skip }, async () => {
  build('vue-advanced-chat')
  const { page, faults } = await opened(await serve('vue-advanced-chat'))
  await page.getByText('hello from chatscope').first().waitFor()
  await page.locator('textarea').fill('!echo from a web component')
  await page.keyboard.press('Enter')
  await page.getByText('from a web component', { exact: true }).first().waitFor()
  await picture(page, 'vue-advanced-chat')
  assert.deepEqual(faults, [])
})

/** PICTURES=folder keeps one of each, to be looked at. */
async function picture(
  page: Awaited<ReturnType<typeof opened>>['page'],
  name: string,
): Promise<void> {
  if (!PICTURES) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}
