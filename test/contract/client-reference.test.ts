import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { run } from './tools.ts'

it("the reference of the client is what typedoc reads of it; 'npm run reference' writes it anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatroom-reference-'))
  const page = join(folder, 'page.txt')
  await run('node', 'test/contract/client-reference.ts', page)
  const made = readFileSync(page, 'utf8')
  rmSync(folder, { recursive: true })
  assert.equal(readFileSync('public/docs/client-reference.txt', 'utf8'), made)
  assert.ok(made.includes('id="useRoom"'))
})
