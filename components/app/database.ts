/** The database server: PostgreSQL on a volume that outlives it. */
import { cloudConfig, programFile, startServices } from "./cloudConfig";

export const DATABASE_PORT = 5432;
const VERSION = "15";
const MOUNT = "/srv/database";
const DEVICE = "/dev/vdb";
const UNITS = "/etc/systemd/system";
const VOLUME_UNIT = "app-volume.service";
const SETTINGS = "/etc/app/postgresql.conf";

export interface DatabaseSettings {
  /** Name of the database, and of the role that owns it. */
  name: string;
  /** The server's address, the only one PostgreSQL listens on. */
  address: string;
  /** Addresses that may log in; the security group narrows them to the API's servers. */
  clientCidr: string;
  /** See scramVerifier. Secret. */
  verifier: string;
  /** Label of the volume's file system, at most 16 characters. */
  volumeLabel: string;
}

export function databaseUserData(settings: DatabaseSettings): string {
  return cloudConfig(
    [
      { path: SETTINGS, content: postgresqlConf(settings) },
      { path: "/etc/app/pg_hba.conf", content: pgHba(settings) },
      { path: "/etc/app/setup.sql", content: setupSql(settings), permissions: "0600" },
      { path: `${UNITS}/app-database.service`, content: databaseUnit(settings) },
      { path: `${UNITS}/srv-database.mount`, content: mountUnit(settings) },
      { path: `${UNITS}/${VOLUME_UNIT}`, content: volumeUnit(settings) },
      { path: "/opt/app/database.sh", content: programFile("database.sh"), permissions: "0755" },
    ],
    startServices({ name: VOLUME_UNIT, folder: UNITS }),
  );
}

export function postgresqlConf(settings: DatabaseSettings): string {
  return `data_directory = '${MOUNT}/${VERSION}/main'
hba_file = '/etc/app/pg_hba.conf'
ident_file = '/dev/null'
listen_addresses = '${settings.address}'
port = ${DATABASE_PORT}
unix_socket_directories = '/run/app-database'
password_encryption = 'scram-sha-256'
max_connections = 50
shared_buffers = 64MB
timezone = 'UTC'
log_timezone = 'UTC'
`;
}

/** The whole subnet and not the API's addresses: another API must not replace the database server. */
export function pgHba({ name, clientCidr }: DatabaseSettings): string {
  return `local all postgres peer
host ${name} ${name} ${clientCidr} scram-sha-256
`;
}

/** May be run again: it makes what is missing and sets the password that is wanted now. */
export function setupSql({ name, verifier }: DatabaseSettings): string {
  return `SET log_min_error_statement = panic;
SELECT 'CREATE ROLE ${name} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec
ALTER ROLE ${name} LOGIN PASSWORD '${verifier}';
SELECT 'CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ENCODING ''UTF8'' LC_COLLATE ''C'' LC_CTYPE ''C'''
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') \\gexec
\\connect ${name}
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text NOT NULL,
  instance text NOT NULL,
  written timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE notes OWNER TO ${name};
`;
}

function mountUnit({ volumeLabel }: DatabaseSettings): string {
  return `[Unit]
Description=Volume of the database
[Mount]
What=/dev/disk/by-label/${volumeLabel}
Where=${MOUNT}
Type=ext4
Options=noatime
[Install]
WantedBy=multi-user.target
`;
}

/** At every boot: where the server was started again before its volume came, a command of cloud-init would not run again. */
function volumeUnit({ volumeLabel }: DatabaseSettings): string {
  return `[Unit]
Description=The database on its volume
[Service]
Type=oneshot
ExecStart=/opt/app/database.sh ${DEVICE} ${volumeLabel} ${VERSION} ${MOUNT}
TimeoutStartSec=infinity
[Install]
WantedBy=multi-user.target
`;
}

function databaseUnit({ volumeLabel }: DatabaseSettings): string {
  return `[Unit]
Description=PostgreSQL of the application
RequiresMountsFor=${MOUNT}
After=network.target
StartLimitIntervalSec=0
[Service]
Type=notify
User=postgres
RuntimeDirectory=app-database
# The volume may have grown since the last start.
ExecStartPre=-+/usr/sbin/resize2fs /dev/disk/by-label/${volumeLabel}
ExecStart=/usr/lib/postgresql/${VERSION}/bin/postgres -c config_file=${SETTINGS}
KillMode=mixed
KillSignal=SIGINT
Restart=always
RestartSec=1
TimeoutStartSec=300
[Install]
WantedBy=multi-user.target
`;
}
