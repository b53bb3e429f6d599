const LINKS = [
  ['/docs', 'API reference'],
  ['/docs/socket', 'Sockets'],
  ['/docs/events', 'Events'],
  ['/docs/problems', 'Problems'],
  ['/openapi.json', 'OpenAPI'],
  ['/asyncapi.json', 'AsyncAPI'],
  ['/health', 'Health'],
] as const

export function DocLinks() {
  return (
    <ul class="doc-links" aria-label="Documentation">
      {LINKS.map(([address, name]) => (
        <li key={address}>
          <a href={address}>{name}</a>
        </li>
      ))}
    </ul>
  )
}
