// A newcomer's first hour: a fresh Vite app outside the repository, the packed client, the ten lines of its README.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { freePort } from '../start/program.ts'
import { launch } from './chromium.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let folder: string
let vite: ReturnType<typeof spawn> | undefined

before(async () => {
  if (!browser) return
  service = await start()
  folder = mkdtempSync(join(tmpdir(), 'chatroom-vite-'))
})

after(async () => {
  await browser?.close()
  vite?.kill()
  await service?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

const IMPORTS = `
import { createRoot } from 'react-dom/client'
import { Chat } from 'chatroom-client'
import { ChatProvider, useRoom } from 'chatroom-client/react'
`

/** The lines that the README begins with, for the service of this test. */
function tenLines(): string {
  const [, lines = ''] =
    /```tsx\n([\s\S]*?)```/.exec(readFileSync('src/client/README.md', 'utf8')) ?? []
  assert.ok(lines.trim().split('\n').length <= 10)
  assert.ok(lines.includes('http://localhost:8787'))
  return IMPORTS + lines.replace('http://localhost:8787', service.url)
}

async function serveApp(app: string): Promise<string> {
  const port = String(await freePort())
  const args = ['--host', '127.0.0.1', '--port', port, '--strictPort']
  vite = spawn(resolve(app, 'node_modules/.bin/vite'), args, { cwd: app, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/`
  for (let tries = 0; tries < 120; tries += 1) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return url
    await new Promise((done) => setTimeout(done, 500))
  }
  throw new Error('Vite does not answer.')
}

it('the ten lines of the README are a chat of two guests in a fresh Vite app', {
  skip,
}, async () => {
  run(
    folder,
    'npm',
    'create',
    '--yes',
    'vite@9',
    'app',
    '--',
    '--template',
    'react',
    '--no-interactive',
  )
  const app = join(folder, 'app')
  const packed = run(
    resolve('dist/client'),
    'npm',
    'pack',
    '--silent',
    '--pack-destination',
    folder,
  )
  run(
    app,
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    join(folder, packed.trim()),
  )
  writeFileSync(join(app, 'src/main.jsx'), tenLines())
  const url = await serveApp(app)

  const faults: string[] = []
  const open = async () => {
    const page = await (await browser?.newContext())?.newPage()
    assert.ok(page)
    page.on('pageerror', ({ message }) => faults.push(message))
    page.on('console', (said) => said.type() === 'error' && faults.push(said.text()))
    await page.goto(url)
    await page.getByPlaceholder('complete').waitFor()
    return page
  }
  const [ana, bo] = [await open(), await open()]
  await ana.getByPlaceholder('complete').fill('Hello from Vite')
  await ana.keyboard.press('Enter')
  await bo.getByText('Hello from Vite').waitFor()
  assert.match((await bo.locator('p').first().textContent()) ?? '', /^\S.*: Hello from Vite$/)
  assert.equal(await ana.locator('p').count(), 1)
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('favicon')),
    [],
  )
})
