//! Takes a model's name apart as services and programs spell it: routes and resource names, fine-tunes, the
//! suffixes of hosts, and the ways a family's name is written. Makes the ids to look up, the likeliest first.
//!
//! Left to others: which of the ids there is (`names`), and the dates at the end of an id (`names`, because
//! some snapshots have rows of their own).

use super::names::is_date;

/// Services that a name may be routed through, as the first part of a path; "_" is written as "-" here.
///
/// Only services that host models of several makers, or OpenAI's.
const ROUTES: [&str; 62] = [
    "@cf",      // Cloudflare: @cf/meta/ID
    "accounts", // accounts/fireworks/models/ID
    "azure",
    "azure-ai",
    "azure-openai",
    "baseten",
    "bedrock",
    "cerebras",
    "chutes",
    "cloudflare",
    "converse", // bedrock/converse/ID
    "dashscope",
    "databricks",
    "deepinfra",
    "featherless-ai",
    "fireworks",
    "fireworks-ai",
    "friendliai",
    "github",
    "github-copilot",
    "groq",
    "hf.co",
    "hosted-vllm",
    "huggingface",
    "hyperbolic",
    "litellm",
    "litellm-proxy",
    "lm-studio",
    "lmstudio",
    "lmstudio-community",
    "mlx-community",
    "models",
    "nebius",
    "novita",
    "nscale",
    "nvidia-nim",
    "oci",
    "ollama",
    "ollama-chat",
    "openai",
    "openrouter",
    "perplexity",
    "publishers", // publishers/google/models/ID
    "replicate",
    "responses", // openai/responses/ID
    "sagemaker",
    "sambanova",
    "scaleway",
    "siliconflow",
    "snowflake",
    "text-completion-openai",
    "together",
    "together-ai",
    "unsloth",
    "vercel",
    "vercel-ai-gateway",
    "vertex",
    "vertex-ai",
    "vllm",
    "volcengine",
    "wandb",
    "watsonx",
];

/// Makers of models as they stand in paths (`meta-llama/ID`) and in Bedrock's ids (`meta.ID`), each with the
/// maker's name in the table. Behind such a name only a model of that maker is accepted.
const MAKERS: [(&str, &str); 35] = [
    ("alibaba", "alibaba"),
    ("anthropic", "anthropic"),
    ("codestral", "mistral"),
    ("cohere", "cohere"),
    ("coherelabs", "cohere"),
    ("cohereforai", "cohere"),
    ("deepseek", "deepseek"),
    ("deepseek-ai", "deepseek"),
    ("eleutherai", "eleutherai"),
    ("gemini", "google"),
    ("google", "google"),
    ("google-ai-studio", "google"),
    ("ibm", "ibm"),
    ("ibm-granite", "ibm"),
    ("meta", "meta"),
    ("meta-llama", "meta"),
    ("microsoft", "microsoft"),
    ("minimax", "minimax"),
    ("minimaxai", "minimax"),
    ("mistral", "mistral"),
    ("mistral-ai", "mistral"),
    ("mistralai", "mistral"),
    ("moonshot", "moonshot"),
    ("moonshotai", "moonshot"),
    ("openai-community", "openai"),
    ("qwen", "alibaba"),
    ("thudm", "zhipu"),
    ("x-ai", "xai"),
    ("xai", "xai"),
    ("xai-org", "xai"),
    ("z-ai", "zhipu"),
    ("zai", "zhipu"),
    ("zai-org", "zhipu"),
    ("zhipu", "zhipu"),
    ("zhipuai", "zhipu"),
];

/// The prefixes of Bedrock's inference profiles, which run a model in one part of the world.
const BEDROCK_REGIONS: [&str; 9] = ["apac", "au", "ca", "eu", "global", "jp", "sa", "us", "us-gov"];

/// Suffixes that change neither the vocabulary nor the window: OpenRouter's variants of price, speed or tools,
/// and Ollama's default tag.
///
/// `:extended` is not one of them: it stands for a larger window than the table states.
const VARIANTS: [&str; 8] =
    [":beta", ":exacto", ":floor", ":free", ":latest", ":nitro", ":online", ":thinking"];

/// Last words of a name that say how weights are stored, served or packed, which changes nothing about tokens.
const STORAGE: [&str; 21] = [
    "4bit", "8bit", "awq", "bf16", "bnb", "cloud", "dynamic", "f16", "fp16", "fp4", "fp8", "gguf", "gptq",
    "hf", "int4", "int8", "maas", "mlx", "mxfp4", "nvfp4", "qat",
];

/// A name taken apart.
pub(super) struct Spelling {
    /// The ids it may stand for: as it is written first, then what the rules make of it.
    pub(super) ids: Vec<Id>,
    /// The maker that the name states, as the table calls it.
    pub(super) maker: Option<&'static str>,
    /// That the model was tuned, in words.
    pub(super) tuned: Option<String>,
    /// Whether the larger window is meant, by the suffix `[1m]`.
    pub(super) million: bool,
}

/// An id to look up.
#[derive(Clone)]
pub(super) struct Id {
    pub(super) name: String,
    /// Whether it was made by a rule that only holds for models whose weights people run themselves.
    pub(super) open_weights: bool,
}

/// Takes `written` apart, which must be in lower case and without white space around it.
pub(super) fn read(written: &str) -> Spelling {
    let (written, million) = match written.strip_suffix("[1m]") {
        Some(less) => (less, true),
        None => (written, false),
    };
    let (inner, mut maker, tuned) = unwrap_routes(written);
    let id = |name: String| Id { name, open_weights: false };
    // What has an unknown route before it stays as it is, and so is found nowhere.
    if inner.contains('/') {
        return Spelling { ids: vec![id(inner.to_owned())], maker, tuned, million };
    }
    let mut ids = Vec::new();
    match bedrock(inner) {
        Some((vendor, name)) if maker.is_none_or(|maker| maker == vendor) => {
            maker = Some(vendor);
            ids.push(id(plain(name)));
            ids.extend(without_version(name).map(|name| id(plain(name))));
            if vendor == "deepseek" {
                ids.extend(ids.clone().iter().filter_map(deepseek));
            }
        }
        _ => ids.push(id(plain(inner))),
    }
    // Each rule may apply or not: the ids that it changes are kept beside what it makes of them.
    let rules: [fn(&Id) -> Option<Id>; 4] = [tag, storage, family, claude];
    for rule in rules {
        let made: Vec<Id> = ids.iter().filter_map(rule).collect();
        ids.extend(made);
    }
    Spelling { ids, maker, tuned, million }
}

/// Takes off what stands around a model's name: resource names, fine-tunes, routes. Says which maker the path
/// named, and whether the model was tuned.
fn unwrap_routes(written: &str) -> (&str, Option<&'static str>, Option<String>) {
    let mut name = written;
    let mut maker = None;
    let mut tuned = None;
    loop {
        if let Some(tail) = arn_tail(name) {
            name = tail;
        } else if let Some(rest) = name.strip_prefix("ft:") {
            name = rest.split(':').next().unwrap_or(rest);
            tuned = Some(format!("fine-tune of {name}"));
        } else if let Some((base, _)) = name.split_once(":ft-") {
            name = base;
            tuned = Some(format!("legacy fine-tune of {name}"));
        } else if let Some((route, rest)) = name.split_once('/') {
            let route = route.replace('_', "-");
            match maker_of(&route) {
                Some(found) if maker.is_none_or(|maker| maker == found) => maker = Some(found),
                None if ROUTES.contains(&route.as_str()) => {}
                _ => return (name, maker, tuned),
            }
            name = rest;
        } else {
            return (name, maker, tuned);
        }
    }
}

fn maker_of(word: &str) -> Option<&'static str> {
    MAKERS.iter().find(|(name, _)| *name == word).map(|(_, maker)| *maker)
}

/// `arn:aws:bedrock:REGION:ACCOUNT:KIND/TAIL` -> `TAIL`; the partition may also be `aws-us-gov` and the like.
fn arn_tail(name: &str) -> Option<&str> {
    let (head, tail) = name.rsplit_once('/')?;
    let mut fields = head.split(':');
    let is_arn = fields.next() == Some("arn")
        && fields.next().is_some_and(|partition| partition.starts_with("aws"))
        && fields.next() == Some("bedrock");
    is_arn.then_some(tail)
}

/// `[region.]vendor.ID` -> the maker and `ID`.
fn bedrock(name: &str) -> Option<(&'static str, &str)> {
    let name = match name.split_once('.') {
        Some((region, rest)) if BEDROCK_REGIONS.contains(&region) => rest,
        _ => name,
    };
    let (vendor, id) = name.split_once('.')?;
    let maker = if vendor == "openai" { "openai" } else { maker_of(vendor)? };
    Some((maker, id))
}

/// `ID-vN:M`, `ID-vN` -> `ID`. OpenAI's models on Bedrock have no `v`: `gpt-oss-20b-1:0`.
fn without_version(id: &str) -> Option<&str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (base, version) = id.rsplit_once('-')?;
    let is_version = match (version.strip_prefix('v'), version.split_once(':')) {
        (_, Some((major, minor))) => is_number(major.strip_prefix('v').unwrap_or(major)) && is_number(minor),
        (Some(major), None) => is_number(major),
        (None, None) => false,
    };
    is_version.then_some(base)
}

/// Undoes what can be undone without knowing the models.
fn plain(id: &str) -> String {
    let id = match id.split_once('@') {
        Some((base, date)) if is_date(date) => format!("{base}-{date}"),
        Some((base, "default")) => base.to_owned(),
        _ => id.to_owned(),
    };
    let id = id.replace('_', "-");
    let id = VARIANTS.iter().find_map(|variant| id.strip_suffix(variant)).unwrap_or(&id);
    match id.strip_prefix("gpt-35") {
        Some(rest) if rest.is_empty() || rest.starts_with('-') => format!("gpt-3.5{rest}"),
        _ => id.to_owned(),
    }
}

/// Bedrock's names of DeepSeek's models, after the vendor: `r1`, `v3` (which is V3.1), `v3.2`.
fn deepseek(id: &Id) -> Option<Id> {
    let name = match id.name.as_str() {
        "v3" => "deepseek-v3.1".to_owned(),
        "r1" | "v3.2" => format!("deepseek-{}", id.name),
        _ => return None,
    };
    Some(Id { name, ..id.clone() })
}

/// Ollama's tags: `ID:TAG` -> `ID-TAG`, as in `llama3.1:70b-instruct`.
fn tag(id: &Id) -> Option<Id> {
    let (base, tag) = id.name.split_once(':')?;
    Some(Id { name: format!("{base}-{tag}"), open_weights: true })
}

/// `ID-fp8`, `ID-gguf`, `ID-q4-k-m`, and several of them -> `ID`.
fn storage(id: &Id) -> Option<Id> {
    let mut name = id.name.as_str();
    while let Some(less) = without_storage(name) {
        name = less;
    }
    (name != id.name).then(|| Id { name: name.to_owned(), open_weights: true })
}

fn without_storage(name: &str) -> Option<&str> {
    if let Some((base, last)) = name.rsplit_once('-')
        && STORAGE.contains(&last)
    {
        return Some(base);
    }
    let (base, bits) = name.rsplit_once("-iq").or_else(|| name.rsplit_once("-q"))?;
    let mut parts = bits.split('-');
    let is_bits = matches!(parts.next()?, "1" | "2" | "3" | "4" | "5" | "6" | "8");
    let is_rest = parts.all(|part| ["0", "1", "k", "s", "m", "l", "xl", "xs", "xxs", "nl"].contains(&part));
    (is_bits && is_rest).then_some(base)
}

/// The ways to write a family's name and version: `meta-llama-3-8b`, `llama3-1-8b`, `llama-v3p1-8b` and
/// `gemma3-27b` as `llama-3-8b`, `llama-3.1-8b` and `gemma-3-27b`; `qwen-2.5-7b` as `qwen2.5-7b`.
fn family(id: &Id) -> Option<Id> {
    let name = id.name.strip_prefix("meta-").filter(|name| name.starts_with("llama")).unwrap_or(&id.name);
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let name = if let Some(rest) = name.strip_prefix("llama") {
        let version = rest.strip_prefix('-').unwrap_or(rest);
        let version = version.strip_prefix('v').unwrap_or(version);
        if starts_with_digit(version) { format!("llama-{}", with_point(version)) } else { name.to_owned() }
    } else if let Some((word, rest)) = ["gemma", "phi"].iter().find_map(|w| Some((w, name.strip_prefix(w)?)))
        && starts_with_digit(rest)
    {
        format!("{word}-{rest}")
    } else if let Some(rest) = name.strip_prefix("qwen-")
        && starts_with_digit(rest)
    {
        format!("qwen{rest}")
    } else {
        name.to_owned()
    };
    (name != id.name).then(|| Id { name, ..id.clone() })
}

/// Claude's names with points, and with the version before the member: `claude-sonnet-4.5` and `claude-4.5-sonnet` as
/// `claude-sonnet-4-5`. Up to 3.7 the version did come first, so those stay.
fn claude(id: &Id) -> Option<Id> {
    let rest = id.name.strip_prefix("claude-")?.replace('.', "-");
    let words: Vec<&str> = rest.split('-').collect();
    let is_number = |word: &&str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = words.iter().take_while(|word| is_number(word)).count();
    let name = match (words.first(), words.get(numbers)) {
        (Some(&("1" | "2" | "3")), _) | (_, None) => format!("claude-{rest}"),
        (_, Some(member)) if numbers > 0 => {
            let (version, after) = (words[..numbers].join("-"), &words[numbers + 1..]);
            let after: String = after.iter().map(|word| format!("-{word}")).collect();
            format!("claude-{member}-{version}{after}")
        }
        _ => format!("claude-{rest}"),
    };
    (name != id.name).then(|| Id { name, ..id.clone() })
}

/// `3-1-8b` and `3p1-8b` -> `3.1-8b`; `3-8b` stays as it is, for 8b is a size.
fn with_point(version: &str) -> String {
    let mut chars = version.chars();
    let (major, point, minor) = (chars.next(), chars.next(), chars.next());
    match (major, point, minor) {
        (Some(major), Some('-' | 'p'), Some(minor @ '0'..='9'))
            if chars.as_str().is_empty() || chars.as_str().starts_with('-') =>
        {
            format!("{major}.{minor}{}", chars.as_str())
        }
        _ => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(written: &str) -> Vec<String> {
        read(written).ids.into_iter().map(|id| id.name).collect()
    }

    #[test]
    fn lists_are_sorted_and_do_not_meet() {
        assert!(ROUTES.is_sorted() && STORAGE.is_sorted() && VARIANTS.is_sorted());
        assert!(ROUTES.iter().all(|route| maker_of(route).is_none()));
    }

    #[test]
    fn as_written_comes_first() {
        assert_eq!(ids("gpt-4o"), ["gpt-4o"]);
        assert_eq!(ids("anthropic.claude-v2:1")[..2], ["claude-v2:1", "claude"]);
        assert_eq!(ids("llama3.1:70b-q4_k_m")[0], "llama3.1:70b-q4-k-m");
        assert!(ids("llama3.1:70b-q4_k_m").contains(&"llama-3.1-70b".to_owned()));
    }

    #[test]
    fn makers_are_told() {
        assert_eq!(read("openrouter/meta-llama/x").maker, Some("meta"));
        assert_eq!(read("us.meta.x").maker, Some("meta"));
        assert_eq!(read("openai/x").maker, None);
        assert_eq!(ids("google/meta-llama/x"), ["meta-llama/x"]);
    }

    #[test]
    fn storage_is_taken_off() {
        for name in ["x-gguf", "x-fp8-dynamic", "x-q4-k-m", "x-iq2-xxs", "x-bnb-4bit", "x-it-qat-q4-0"] {
            let less = storage(&Id { name: name.to_owned(), open_weights: false }).map(|id| id.name);
            assert_eq!(less.as_deref().map(|name| &name[..1]), Some("x"), "{name}");
        }
        for name in ["x-qwen", "x-q9", "x-q4-z", "x-1", "fp8", "x"] {
            assert!(without_storage(name).is_none(), "{name}");
        }
    }

    #[test]
    fn versions_get_their_point() {
        for (written, wanted) in [
            ("3-1-8b", "3.1-8b"),
            ("3p3-70b", "3.3-70b"),
            ("3-8b", "3-8b"),
            ("3.1-8b", "3.1-8b"),
            ("3-3", "3.3"),
            ("2-13b", "2-13b"),
            ("4-scout", "4-scout"),
            ("3", "3"),
        ] {
            assert_eq!(with_point(written), wanted);
        }
    }
}
