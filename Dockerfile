# Two images of one source: silo (also the whole system in one process, when DATABASE_URL is not set) and gateway.
#   docker build -t ticketing-silo .
#   docker build -t ticketing-gateway --target gateway .

# What a restore reads, and nothing else: the packages are fetched anew when one of these files changes, not when the code does.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS projects
WORKDIR /source
COPY . .
RUN find . -type f ! -name '*.csproj' ! -name 'Directory.*.props' ! -name packages.lock.json -delete \
    && find . -type d -empty -delete

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS publish
WORKDIR /source
COPY --from=projects /source .
RUN dotnet restore --locked-mode src/Silo
COPY . .
# One after the other: the second finds compiled what both are made of.
RUN dotnet publish src/Silo --no-restore -c Release -p:UseAppHost=false -o /programs/silo \
    && dotnet publish src/ApiGateway --no-restore -c Release -p:UseAppHost=false -o /programs/gateway

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base
# The runtime's diagnostics need a socket in a writable /tmp. The base image's port would only be warned of beside the addresses.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080 \
    DOTNET_EnableDiagnostics=0 \
    Ticketing__DataDirectory=/var/lib/ticketing
# A new named volume takes its owner from the directory that it is mounted on.
RUN install -d -m 700 -o "$APP_UID" -g "$APP_UID" /var/lib/ticketing /backups
WORKDIR /app
USER $APP_UID
EXPOSE 8080

FROM base AS gateway
COPY --from=publish /programs/gateway .
HEALTHCHECK --interval=10s --timeout=5s --retries=10 --start-period=20s CMD ["dotnet", "Ticketing.ApiGateway.dll", "health"]
ENTRYPOINT ["dotnet", "Ticketing.ApiGateway.dll"]

FROM base AS silo
EXPOSE 11111 30000
COPY --from=publish /programs/silo .
HEALTHCHECK --interval=10s --timeout=5s --retries=10 --start-period=20s CMD ["dotnet", "Ticketing.Silo.dll", "health"]
ENTRYPOINT ["dotnet", "Ticketing.Silo.dll"]
