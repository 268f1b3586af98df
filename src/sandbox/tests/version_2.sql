-- A data file of version 2, as `paycli -p sandbox` made it, with a subscription of 10 USD a month.
CREATE TABLE objects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        created INTEGER NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0,
        body TEXT NOT NULL,
        UNIQUE (account, kind, id)
    ) STRICT;
CREATE INDEX objects_by_kind ON objects (account, kind, seq, created) WHERE deleted = 0;
CREATE TABLE idempotency (
        account TEXT NOT NULL,
        key TEXT NOT NULL,
        digest BLOB NOT NULL,
        status INTEGER NOT NULL,
        body BLOB NOT NULL,
        request_id TEXT NOT NULL,
        received INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (account, key)
    ) STRICT;
CREATE INDEX idempotency_by_expiry ON idempotency (expires);
CREATE TABLE api_keys (
        token TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT,
        note TEXT,
        permissions TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER
    ) STRICT;
CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        event TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due INTEGER,
        leased_until INTEGER NOT NULL DEFAULT 0
    ) STRICT;
CREATE INDEX deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_of_event ON deliveries (event);
CREATE TABLE delivery_attempts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        delivery INTEGER NOT NULL REFERENCES deliveries (id),
        url TEXT NOT NULL,
        at INTEGER NOT NULL,
        elapsed_ms INTEGER NOT NULL,
        status INTEGER,
        error TEXT
    ) STRICT;
CREATE INDEX attempts_of_delivery ON delivery_attempts (delivery);
CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
INSERT INTO objects VALUES (1, 'acct_of_the_file', 'customer', 'cus_7zkwgGZMIeiSGh', 1795568741, 0, '{"id":"cus_7zkwgGZMIeiSGh","object":"customer","address":null,"balance":0,"business_name":null,"created":1795568741,"currency":null,"customer_account":null,"default_source":null,"delinquent":false,"description":null,"discount":null,"email":null,"individual_name":null,"invoice_prefix":"JMCMJGAQ","invoice_settings":{"custom_fields":null,"default_payment_method":"pm_GSpbannEw9Gkoq4ykywySn7a","footer":null,"rendering_options":null},"livemode":false,"metadata":{},"name":null,"next_invoice_sequence":2,"phone":null,"preferred_locales":[],"shipping":null,"tax_exempt":"none","test_clock":null}');
INSERT INTO objects VALUES (2, 'acct_of_the_file', 'payment_method', 'pm_GSpbannEw9Gkoq4ykywySn7a', 1795568741, 0, '{"id":"pm_GSpbannEw9Gkoq4ykywySn7a","object":"payment_method","allow_redisplay":"unspecified","billing_details":{"address":{"city":null,"country":null,"line1":null,"line2":null,"postal_code":null,"state":null},"email":null,"name":null,"phone":null,"tax_id":null},"card":{"brand":"visa","checks":{"address_line1_check":null,"address_postal_code_check":null,"cvc_check":null},"country":"US","display_brand":"visa","exp_month":12,"exp_year":2040,"fingerprint":"UNaTgZmfslyrExKD","funding":"credit","generated_from":null,"last4":"4242","networks":{"available":["visa"],"preferred":null},"regulated_status":"unregulated","three_d_secure_usage":{"supported":true},"wallet":null},"created":1795568741,"customer":"cus_7zkwgGZMIeiSGh","customer_account":null,"livemode":false,"metadata":{},"radar_options":{},"type":"card"}');
INSERT INTO objects VALUES (5, 'acct_of_the_file', 'product', 'prod_N7F75jvzLR6JO9', 1795568741, 0, '{"id":"prod_N7F75jvzLR6JO9","object":"product","active":true,"created":1795568741,"default_price":null,"description":null,"images":[],"livemode":false,"marketing_features":[],"metadata":{},"name":"Plan","package_dimensions":null,"shippable":null,"statement_descriptor":null,"tax_code":null,"type":"service","unit_label":null,"updated":1795568741,"url":null}');
INSERT INTO objects VALUES (6, 'acct_of_the_file', 'price', 'price_dHRDBzI07VAhxhdChu81UWXq', 1795568741, 0, '{"id":"price_dHRDBzI07VAhxhdChu81UWXq","object":"price","active":true,"billing_scheme":"per_unit","created":1795568741,"currency":"usd","custom_unit_amount":null,"livemode":false,"lookup_key":null,"metadata":{},"nickname":null,"product":"prod_N7F75jvzLR6JO9","recurring":{"interval":"month","interval_count":1,"meter":null,"trial_period_days":null,"usage_type":"licensed"},"tax_behavior":"unspecified","tiers_mode":null,"transform_quantity":null,"type":"recurring","unit_amount":1000,"unit_amount_decimal":"1000"}');
INSERT INTO objects VALUES (9, 'acct_of_the_file', 'subscription', 'sub_UWJI6P4caXeUewclSp5j7jgl', 1795568742, 0, '{"id":"sub_UWJI6P4caXeUewclSp5j7jgl","object":"subscription","application":null,"application_fee_percent":null,"automatic_tax":{"disabled_reason":null,"enabled":false,"liability":null},"billing_cycle_anchor":1795568742,"billing_cycle_anchor_config":null,"billing_mode":{"flexible":{"proration_discounts":"included"},"type":"flexible"},"billing_schedules":[],"billing_thresholds":null,"cancel_at":null,"cancel_at_period_end":false,"canceled_at":null,"cancellation_details":{"comment":null,"feedback":null,"reason":null},"collection_method":"charge_automatically","created":1795568742,"currency":"usd","customer":"cus_7zkwgGZMIeiSGh","customer_account":null,"days_until_due":null,"default_payment_method":null,"default_source":null,"default_tax_rates":[],"description":null,"discounts":[],"ended_at":null,"invoice_settings":{"account_tax_ids":null,"issuer":{"type":"self"}},"items":{"object":"list","data":[{"id":"si_Rh2QgLmdHJ8GiO","object":"subscription_item","billing_thresholds":null,"created":1795568742,"current_period_end":1798160742,"current_period_start":1795568742,"discounts":[],"metadata":{},"plan":{"id":"price_dHRDBzI07VAhxhdChu81UWXq","object":"plan","active":true,"amount":1000,"amount_decimal":"1000","billing_scheme":"per_unit","created":1795568741,"currency":"usd","interval":"month","interval_count":1,"livemode":false,"metadata":{},"meter":null,"nickname":null,"product":"prod_N7F75jvzLR6JO9","tiers_mode":null,"transform_usage":null,"trial_period_days":null,"usage_type":"licensed"},"price":{"id":"price_dHRDBzI07VAhxhdChu81UWXq","object":"price","active":true,"billing_scheme":"per_unit","created":1795568741,"currency":"usd","custom_unit_amount":null,"livemode":false,"lookup_key":null,"metadata":{},"nickname":null,"product":"prod_N7F75jvzLR6JO9","recurring":{"interval":"month","interval_count":1,"meter":null,"trial_period_days":null,"usage_type":"licensed"},"tax_behavior":"unspecified","tiers_mode":null,"transform_quantity":null,"type":"recurring","unit_amount":1000,"unit_amount_decimal":"1000"},"quantity":1,"subscription":"sub_UWJI6P4caXeUewclSp5j7jgl","tax_rates":[]}],"has_more":false,"url":"/v1/subscription_items?subscription=sub_UWJI6P4caXeUewclSp5j7jgl"},"latest_invoice":"in_zvRQRNME3LhVKWxfSZrWavUv","livemode":false,"metadata":{},"next_pending_invoice_item_invoice":null,"on_behalf_of":null,"pause_collection":null,"payment_settings":{"payment_method_options":null,"payment_method_types":null,"save_default_payment_method":"off"},"pending_invoice_item_interval":null,"pending_setup_intent":null,"pending_update":null,"schedule":null,"start_date":1795568742,"status":"active","test_clock":null,"transfer_data":null,"trial_end":null,"trial_settings":{"end_behavior":{"missing_payment_method":"create_invoice"}},"trial_start":null}');
INSERT INTO objects VALUES (14, 'acct_of_the_file', 'balance_transaction', 'txn_YdNQVLZiwIAjuiGAYdj6ldLx', 1795568742, 0, '{"id":"txn_YdNQVLZiwIAjuiGAYdj6ldLx","object":"balance_transaction","amount":1000,"available_on":1795737600,"balance_type":"payments","created":1795568742,"currency":"usd","description":"Payment for invoice JMCMJGAQ-0001","exchange_rate":null,"fee":59,"fee_details":[{"amount":59,"application":null,"currency":"usd","description":"Processing fees","type":"stripe_fee"}],"net":941,"reporting_category":"charge","source":"ch_e7Dj0j6au9YrPDRNW5odetBn","status":"pending","type":"charge"}');
INSERT INTO objects VALUES (15, 'acct_of_the_file', 'balance_record', 'balance_record', 0, 0, '{"id":"balance_record","object":"balance_record","currencies":{"usd":{"0":0,"1795737600":941}}}');
INSERT INTO objects VALUES (16, 'acct_of_the_file', 'charge', 'ch_e7Dj0j6au9YrPDRNW5odetBn', 1795568742, 0, '{"id":"ch_e7Dj0j6au9YrPDRNW5odetBn","object":"charge","amount":1000,"amount_captured":1000,"amount_refunded":0,"application":null,"application_fee":null,"application_fee_amount":null,"balance_transaction":"txn_YdNQVLZiwIAjuiGAYdj6ldLx","billing_details":{"address":{"city":null,"country":null,"line1":null,"line2":null,"postal_code":null,"state":null},"email":null,"name":null,"phone":null,"tax_id":null},"calculated_statement_descriptor":"PAYCLI SANDBOX","captured":true,"created":1795568742,"currency":"usd","customer":"cus_7zkwgGZMIeiSGh","description":"Payment for invoice JMCMJGAQ-0001","disputed":false,"failure_balance_transaction":null,"failure_code":null,"failure_message":null,"fraud_details":{},"livemode":false,"metadata":{},"on_behalf_of":null,"outcome":{"advice_code":null,"network_advice_code":null,"network_decline_code":null,"network_status":"approved_by_network","reason":null,"risk_level":"normal","risk_score":20,"seller_message":"Payment complete.","type":"authorized"},"paid":true,"payment_intent":"pi_1zXPQ5brJpBdhTRFeUnT4f50","payment_method":"pm_GSpbannEw9Gkoq4ykywySn7a","payment_method_details":{"type":"card","card":{"amount_authorized":1000,"authorization_code":"123456","brand":"visa","capture_before":null,"checks":{"address_line1_check":null,"address_postal_code_check":null,"cvc_check":null},"country":"US","exp_month":12,"exp_year":2040,"extended_authorization":{"status":"disabled"},"fingerprint":"UNaTgZmfslyrExKD","funding":"credit","incremental_authorization":{"status":"unavailable"},"installments":null,"last4":"4242","mandate":null,"multicapture":{"status":"unavailable"},"network":"visa","network_token":{"used":false},"network_transaction_id":"100000000000001","overcapture":{"maximum_amount_capturable":1000,"status":"unavailable"},"regulated_status":"unregulated","three_d_secure":null,"wallet":null}},"radar_options":{},"receipt_email":null,"receipt_number":null,"receipt_url":null,"refunded":false,"review":null,"shipping":null,"source":null,"source_transfer":null,"statement_descriptor":null,"statement_descriptor_suffix":null,"status":"succeeded","transfer_data":null,"transfer_group":null}');
PRAGMA user_version = 2;
