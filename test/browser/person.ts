import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
export const PASSWORD = 'low tide at the harbour'

/** What a browser says when a request is refused or the network is gone, which is no fault of the page. */
const OF_THE_NETWORK = /Failed to load resource|WebSocket connection to|ERR_INTERNET_DISCONNECTED/

/** Somebody at the page of a service, in a browser profile of their own. */
export class Person {
  /** What the browser found wrong: errors of scripts, and what the policy of the page refused. */
  readonly complaints: string[] = []

  readonly name: string
  readonly context: BrowserContext
  readonly page: Page

  private constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name
    this.context = context
    this.page = page
    this.#listen(page)
  }

  static async at(
    browser: Browser,
    url: string,
    name: string,
    options: BrowserContextOptions = {},
  ) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
    context.setDefaultTimeout(20_000)
    const page = await context.newPage()
    const person = new Person(name, context, page)
    await page.goto(`${url}/`)
    return person
  }

  /** Another tab of the same browser. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage()
    this.#listen(page)
    await page.goto(this.page.url())
    return page
  }

  async signUp(username: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(this.name)
    await this.page.getByLabel('Username').fill(username)
    await this.page.getByLabel('Password').fill(PASSWORD)
    await this.page.getByRole('button', { name: 'Create account' }).click()
    await this.page.getByText(`@${username}`).first().waitFor()
  }

  async comeAsGuest(): Promise<void> {
    await this.page.getByRole('button', { name: 'Look around as a guest' }).click()
    await this.page.getByText('Guest. Keep this account').waitFor()
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click()
  }

  /** Waits for a notice. */
  isTold(text: string | RegExp): Promise<void> {
    return this.page.locator('.notice', { hasText: text }).first().waitFor()
  }

  async go(address: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  }

  /** Makes an open room and stays in it. Answers its id. */
  async makeRoom(name: string): Promise<string> {
    await this.go('#/new-room')
    await this.page.getByLabel('Name', { exact: true }).fill(name)
    await this.page.getByRole('button', { name: 'Make the room' }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
    return this.page.url().split('/rooms/')[1] ?? ''
  }

  async join(name: string): Promise<void> {
    await this.go('#/discover')
    await this.page.getByRole('button', { name: `Join ${name}` }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
    await this.composer.waitFor()
  }

  get composer() {
    return this.page.getByRole('textbox', { name: /^Message / })
  }

  /** A message of the room that is open, once it has been sent. */
  message(text: string) {
    return this.page.locator('.conversation .message:not(.message-pending)', { hasText: text })
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
    await this.message(text).first().waitFor()
  }

  /** Holds that axe finds nothing in what is shown. */
  async holdsUp(where: string): Promise<void> {
    // What is under way, such as a colour that changes, would be judged half-way. A spinner turns for ever.
    await this.page.evaluate(`Promise.allSettled(document.getAnimations()
      .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished))`)
    await this.page.evaluate(AXE)
    const { violations } = await this.page.evaluate<AxeResults>('axe.run(document)')
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
    )
    assert.deepEqual(found, [], `axe at ${where}`)
  }

  async leave(): Promise<void> {
    await this.context.close()
    assert.deepEqual(this.complaints, [], `what the browser of ${this.name} complains of`)
  }

  #listen(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      const text = message.text()
      if (message.type() === 'error' && !OF_THE_NETWORK.test(text)) this.complaints.push(text)
    })
  }
}

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
}

/** Tries again until it holds. */
export async function eventually(hold: () => Promise<void>, ms = 10_000): Promise<void> {
  for (const until = Date.now() + ms; ; ) {
    try {
      return await hold()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
