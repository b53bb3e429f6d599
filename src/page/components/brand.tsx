/** The name of the service, with its sign in the colour of the page. */
export function Brand() {
  return (
    <>
      <svg class="brand-sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path d="M6 4h20a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H15l-7 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z" />
      </svg>
      chatroom
    </>
  )
}
