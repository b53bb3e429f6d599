export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()

/** What a form does when its button is pressed. */
export const submitted = (run: (form: FormData) => unknown) => (event: SubmitEvent) => {
  event.preventDefault()
  run(new FormData(event.currentTarget as HTMLFormElement))
}
