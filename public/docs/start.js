// A file, so that the page's policy can refuse inline scripts.

/** The socket's document. Scalar would show `additionalProperties: false` as a property of every message. */
async function readSocket() {
  const response = await fetch('/asyncapi.json')
  return JSON.parse(await response.text(), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  )
}

readSocket().then((content) => {
  Scalar.createApiReference('#reference', {
    sources: [
      { title: 'Endpoints', slug: 'endpoints', url: '/openapi.json', default: true },
      { title: 'Socket', slug: 'socket', content },
    ],
    // Nothing from another host: fonts, proxy, telemetry, assistant.
    withDefaultFonts: false,
    proxyUrl: '',
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: 'never',
    authentication: { preferredSecurityScheme: 'bearer' },
    persistAuth: true,
    defaultOpenFirstTag: false,
    metaData: { title: 'chatroom: Reference' },
  })
})
