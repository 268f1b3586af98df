//! Tax ids of customers: `/v1/customers/{id}/tax_ids`.

use serde_json::{Value, json};

use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::list;
use super::{Answer, Call, Events, Link, Resource, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, required};

/// Tax ids are listed below their customer.
pub(super) static TAX_IDS: Resource = Resource {
    object: "tax_id",
    path: "",
    id: ("txi", 24),
    shape: shapes::tax_ids::shape,
    events: Events::NONE,
    expandable: &[("customer", Link::One(&CUSTOMERS))],
    operations: &[],
};

/// What a new tax id takes.
pub(super) const CREATE: &[Field] =
    &[required("type", Kind::Choice(TYPES)), required("value", Kind::Text(100))];

/// The types whose ids an authority verifies.
const VERIFIED: &[&str] = &["au_abn", "eu_vat", "gb_vat"];

/// Gives the customer in the path a tax id.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let (kind, value) = (call.text("type").unwrap_or_default(), call.text("value").unwrap_or_default());
    let mut id = call.new_object(&TAX_IDS);
    id.set("type", json!(kind));
    id.set("value", json!(value));
    id.set("customer", json!(call.id));
    id.set("owner.customer", json!(call.id));
    let country = if kind.starts_with("eu_") { value.get(..2) } else { kind.get(..2) };
    id.set("country", json!(country.map(str::to_uppercase)));
    if VERIFIED.contains(&kind) {
        let status = verification(value);
        id.set("verification", json!({"status": status, "verified_address": null, "verified_name": null}));
    }
    call.note(event_types::CUSTOMER_TAX_ID_CREATED, &id);
    call.insert(id)
}

/// The digits in a test id decide, as Stripe's page on testing says; any other waits.
fn verification(value: &str) -> &'static str {
    if value.contains("000000000") {
        "verified"
    } else if value.contains("111111111") {
        "unverified"
    } else {
        "pending"
    }
}

/// The tax ids of the customer in the path.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let conditions = vec![list::equals(&TAX_IDS, "customer", &json!(call.id))];
    list::page(call, &TAX_IDS, &format!("/v1/customers/{}/tax_ids", call.id), conditions)
}

/// One of them.
pub(super) fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    own(call).map(Answer::ok)
}

/// Deletes one of them.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let id = own(call)?;
    call.note(event_types::CUSTOMER_TAX_ID_DELETED, &id);
    call.store.delete(TAX_IDS.object, call.part).map(Answer::ok)
}

fn own(call: &Call<'_>) -> Result<Value, ApiError> {
    call.load()?;
    let found = call.store.find_alive(TAX_IDS.object, call.part)?.filter(|id| id["customer"] == call.id);
    found.ok_or_else(|| ApiError::missing_object(404, TAX_IDS.object, call.part, "id"))
}

/// Every type that the API has.
const TYPES: &[&str] = &[
    "ad_nrt",
    "ae_trn",
    "al_tin",
    "am_tin",
    "ao_tin",
    "ar_cuit",
    "au_abn",
    "au_acn",
    "au_arn",
    "au_wpn",
    "aw_tin",
    "az_tin",
    "ba_tin",
    "bb_tin",
    "bd_bin",
    "bf_ifu",
    "bg_uic",
    "bh_vat",
    "bj_ifu",
    "bo_tin",
    "br_cnpj",
    "br_cpf",
    "bs_tin",
    "bw_vat",
    "by_tin",
    "ca_bn",
    "ca_gst_hst",
    "ca_pst_bc",
    "ca_pst_mb",
    "ca_pst_sk",
    "ca_qst",
    "cd_nif",
    "ch_uid",
    "ch_vat",
    "ci_vat",
    "cl_tin",
    "cm_niu",
    "cn_tin",
    "co_nit",
    "cr_tin",
    "cv_nif",
    "cz_dic",
    "de_stn",
    "do_rcn",
    "ec_ruc",
    "eg_tin",
    "es_cif",
    "et_tin",
    "eu_oss_vat",
    "eu_vat",
    "fo_vat",
    "fr_siren",
    "fr_siret",
    "fr_spi",
    "gb_vat",
    "ge_vat",
    "gh_tin",
    "gi_tin",
    "gn_nif",
    "hk_br",
    "hr_oib",
    "hu_tin",
    "ic_nif",
    "id_npwp",
    "il_vat",
    "in_gst",
    "is_kt",
    "is_vat",
    "it_cf",
    "jp_cn",
    "jp_rn",
    "jp_trn",
    "ke_pin",
    "kg_tin",
    "kh_tin",
    "kr_brn",
    "kz_bin",
    "la_tin",
    "li_uid",
    "li_vat",
    "lk_vat",
    "ma_vat",
    "md_cf",
    "md_vat",
    "me_pib",
    "mk_vat",
    "mr_nif",
    "mu_vat",
    "mx_rfc",
    "my_frp",
    "my_itn",
    "my_sst",
    "mz_nuit",
    "ng_tin",
    "no_vat",
    "no_voec",
    "np_pan",
    "nz_bn",
    "nz_gst",
    "om_vat",
    "pe_ruc",
    "ph_tin",
    "pl_nip",
    "pt_nif",
    "py_ruc",
    "ro_tin",
    "rs_pib",
    "ru_inn",
    "ru_kpp",
    "sa_vat",
    "sg_gst",
    "sg_uen",
    "si_tin",
    "sm_coe",
    "sn_ninea",
    "sr_fin",
    "sv_nit",
    "th_vat",
    "tj_tin",
    "tr_tin",
    "tt_bir",
    "tt_vat",
    "tw_vat",
    "tz_vat",
    "ua_vat",
    "ug_tin",
    "us_ein",
    "uy_ruc",
    "uz_tin",
    "uz_vat",
    "ve_rif",
    "vn_tin",
    "za_vat",
    "zm_tin",
    "zw_tin",
];
