import { invalid, MaasError, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { renderDomain } from "../renderMachine";
import { type Call, EMPTY, type Handler, path } from "../request";

export const domains: Handler = {
  read: ({ rack }) => rack.maas.domains.map(renderDomain),
  create: ({ rack, params }) => {
    const name = params.required("name");
    if (rack.maas.domains.some((each) => each.name === name)) {
      throw invalid({ name: ["Domain with this Name already exists."] });
    }
    const domain = {
      id: nextNumber(rack.maas, "domain"),
      name,
      authoritative: params.flag("authoritative", true),
      ttl: params.has("ttl") ? Number(params.text("ttl")) : null,
    };
    rack.maas.domains.push(domain);
    return renderDomain(domain);
  },
  "set-serial": () => null,
};

const domainOf = (call: Call) => {
  const wanted = path(call, "id");
  const found = call.rack.maas.domains.find(
    (each) => String(each.id) === wanted || each.name === wanted,
  );
  if (found === undefined) throw notFound("Domain");
  return found;
};

export const domain: Handler = {
  read: (call) => renderDomain(domainOf(call)),
  update: (call) => {
    const found = domainOf(call);
    found.name = call.params.get("name") ?? found.name;
    return renderDomain(found);
  },
  "set-default": (call) => renderDomain(domainOf(call)),
  delete: (call) => {
    const found = domainOf(call);
    if (found.id === 0) {
      throw new MaasError(400, "This domain is the default domain, it cannot be deleted.");
    }
    call.rack.maas.domains = call.rack.maas.domains.filter((each) => each !== found);
    return EMPTY;
  },
};
