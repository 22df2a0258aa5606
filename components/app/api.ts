/** A server of the API: the program in files/api.py under systemd. */
import { cloudConfig, programFile, sayOnConsole, startServices } from "./cloudConfig";
import { DATABASE_PORT } from "./database";

export const API_PORT = 8080;

export interface ApiSettings {
  /** Heading of the page. */
  title: string;
  database: {
    address: string;
    /** Name of the database, and of the role that owns it. */
    name: string;
    /** Secret. */
    password: string;
  };
}

export function apiUserData({ title, database }: ApiSettings): string {
  const settings = {
    port: API_PORT,
    title,
    database: {
      host: database.address,
      port: DATABASE_PORT,
      dbname: database.name,
      user: database.name,
      password: database.password,
    },
  };
  return cloudConfig(
    [
      {
        path: "/etc/app/api.json",
        content: JSON.stringify(settings, undefined, 2),
        owner: "root:www-data",
        permissions: "0640",
      },
      { path: "/opt/app/api.py", content: programFile("api.py") },
      { path: "/etc/systemd/system/app-api.service", content: SERVICE },
    ],
    [
      ...startServices({ name: "app-api.service", folder: "/etc/systemd/system" }),
      sayOnConsole("api: started"),
    ],
  );
}

const SERVICE = `[Unit]
Description=API of the application
After=network.target
StartLimitIntervalSec=0
[Service]
User=www-data
ExecStart=/usr/bin/python3 -I /opt/app/api.py /etc/app/api.json
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
`;
