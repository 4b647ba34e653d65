# The image: a bundle on Node, without a package manager's tree, for a user without rights on a read-only file system.
# With a registry of your own: docker build --secret id=npmrc,src=$HOME/.npmrc .
ARG NODE_IMAGE=node:26-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# What the build needs has no install scripts of its own; those of the test tools are not asked.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --loglevel=error
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.ts && mkdir dist/data

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="pocket-id-edge" \
  org.opencontainers.image.description="Passkey sign-in for every app, from the LDAP directory you already have" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/dist/pocket-id ./
COPY --from=build /src/dist/lib lib
# The one place that is written: the database and the key beside it.
COPY --from=build --chown=1000:1000 /src/dist/data data
USER 1000:1000
VOLUME /app/data
EXPOSE 1411
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/app/pocket-id", "healthcheck"]
ENTRYPOINT []
CMD ["/app/pocket-id"]
