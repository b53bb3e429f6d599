import type { BrowserContext, CDPSession, Page } from 'playwright-core'

/** Gives a page a device whose owner puts a finger on it whenever it asks. */
export async function addAuthenticator({
  context,
  page,
}: {
  context: BrowserContext
  page: Page
}): Promise<CDPSession> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return devtools
}
