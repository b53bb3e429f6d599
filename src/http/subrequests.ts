/** For p-map: a Worker has six connections open at once, so a seventh subrequest would only wait. */
export const ALL_CONNECTIONS = { concurrency: 6 }
