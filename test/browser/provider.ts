import { createServer } from 'node:http'
import Provider from 'oidc-provider'

/** Who we are at the provider. */
export const CLIENT = { id: 'chatroom', secret: 'what only the two of us know' }

/** What the service has to know of a provider at this port. */
export const issuerAt = (port: number) => {
  const issuer = `http://127.0.0.1:${port}`
  return {
    issuer,
    audience: CLIENT.id,
    algorithms: ['RS256'],
    jwks: `${issuer}/jwks`,
    codeFlow: {
      name: 'example',
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
    },
  }
}

/** An identity provider that lets everybody in, by any password, and asks whether they mean it. */
export async function serveProvider(port: number, service: string): Promise<{ stop: () => void }> {
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${service}/v1/identity/example/callback`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name'] },
    // The name is in the token, as most providers have it, and not only at an address of its own.
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, name: `${id} of the provider` }),
    }),
    pkce: { required: () => true },
    ttl: { Grant: 600, Interaction: 600, Session: 600 },
  })
  const server = createServer(provider.callback())
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
